'use strict';
// The work both peers do on a petition before they store it: check it and find its unit by the rules of the run.
// The rules are the ones the hub gets; folding makes the search for phrases blind to case and accents, as the hub's is.

const fs = require('node:fs');

const folded = new Uint16Array(65536);
for (let code = 0; code < folded.length; ++code) {
  const plain = String.fromCharCode(code).normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace('đ', 'd');
  folded[code] = plain.length === 1 ? plain.charCodeAt(0) : code;
}
let scratch = Buffer.alloc(1 << 16);

// One table look-up per character and one string made of bytes: four times as fast as normalize + replace.
function fold(text) {
  const length = text.length;
  if (length > scratch.length) scratch = Buffer.alloc(length * 2);
  for (let i = 0; i < length; ++i) scratch[i] = folded[text.charCodeAt(i)];
  return scratch.latin1Slice(0, length);
}

const kPhone = /^(?:\+84|0)(\d{9})$/;

function isText(value, longest) {
  return typeof value === 'string' && value.length > 0 && value.length <= longest;
}

function makeRouter(file) {
  const { categories, rules } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const compiled = rules.map((rule) => ({
    name: rule.name,
    unit: rule.unit,
    category: new Set(rule.category),
    area: new Set(rule.area),
    phrases: rule.text_any.map(fold),
  }));

  // The name of the first field that is wrong, or null.
  function problemOf(petition) {
    if (petition === null || typeof petition !== 'object') return 'body';
    if (!isText(petition.title, 500)) return 'title';
    if (!isText(petition.content, 20000)) return 'content';
    if (!(petition.category in categories)) return 'category';
    const who = petition.petitioner;
    if (!who || !isText(who.name, 200)) return 'petitioner.name';
    if (!kPhone.test(who.phone)) return 'petitioner.phone';
    if (!petition.consent || petition.consent.process_personal_data !== true) return 'consent';
    if (petition.declared_true !== true) return 'declared_true';
    if (petition.occurred_at && Number.isNaN(Date.parse(petition.occurred_at))) return 'occurred_at';
    return null;
  }

  function route(petition) {
    const text = fold(petition.title + ' ' + petition.content);
    const area = petition.location ? petition.location.area : '';
    for (const rule of compiled) {
      if (!rule.category.has(petition.category) || !rule.area.has(area)) continue;
      if (rule.phrases.some((phrase) => text.includes(phrase))) return { rule: rule.name, unit: rule.unit };
    }
    return { rule: 'category', unit: categories[petition.category] };
  }

  return { problemOf, route };
}

function toE164(phone) {
  return '+84' + kPhone.exec(phone)[1];
}

module.exports = { makeRouter, toE164 };
