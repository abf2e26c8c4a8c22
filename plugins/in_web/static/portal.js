// What makes the pages nicer where scripts run; every page is whole without it. It sends nothing anywhere: the proof of
// work and the position go into fields of the form that the person sends.
'use strict';

const scriptAddress = document.currentScript.src;

// --- The proof of work, while the person types ---

function prove(form) {
  const field = form.elements.proof;
  if (!field || field.value || !window.Worker) return;
  const worker = new Worker(scriptAddress.replace('portal.js', 'solver.js'));
  worker.onmessage = (message) => {
    field.value = message.data;
    form.dataset.proven = 'yes';
    worker.terminate();
  };
  worker.postMessage({ challenge: form.dataset.challenge, bits: Number(form.dataset.bits) });
}

// --- The position, if the person wants ---

function locate(button) {
  const status = document.getElementById('locate-status');
  const form = button.form;
  button.hidden = !navigator.geolocation;
  button.addEventListener('click', () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition((position) => {
      form.elements.latitude.value = position.coords.latitude.toFixed(6);
      form.elements.longitude.value = position.coords.longitude.toFixed(6);
      status.textContent = button.dataset.done;
      button.disabled = false;
    }, () => {
      status.textContent = button.dataset.failed;
      button.disabled = false;
    }, { enableHighAccuracy: true, timeout: 15000 });
  });
}

// --- Copying the secret address ---

function offerCopy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim()).then(() => {
      document.getElementById('copy-status').textContent = button.dataset.done;
    });
  });
}

for (const form of document.querySelectorAll('form[data-challenge]')) prove(form);
for (const button of document.querySelectorAll('#locate')) locate(button);
for (const button of document.querySelectorAll('[data-copy]')) offerCopy(button);
// Whoever sent a form with mistakes comes to their list first.
const errors = document.getElementById('errors');
if (errors) errors.focus();
