// Signs in with a one-time link and shows who is signed in and their tasks. The token stands behind the '#', so no
// server and no log ever sees it in an address; it is used only on a press of the button, never by a link preview.
'use strict';

const element = (id) => document.getElementById(id);
const roleNames = {
  operator: 'Tổng đài viên', dispatcher: 'Điều phối viên Trung tâm', officer: 'Cán bộ xử lý', leader: 'Lãnh đạo đơn vị',
  follower: 'Người theo dõi', unit_admin: 'Quản trị đơn vị', integrator: 'Quản trị kết nối', admin: 'Quản trị hệ thống',
  auditor: 'Kiểm tra viên', citizen: 'Công dân',
};
const csrfKey = 'pakn_csrf';

// A sign-in by a provider leaves the token in a cookie that only pages of this site can read.
function csrfToken() {
  const cookie = document.cookie.split('; ').find((one) => one.startsWith('pakn_csrf='));
  return cookie ? cookie.slice('pakn_csrf='.length) : sessionStorage.getItem(csrfKey) || '';
}

async function call(method, path, body) {
  const headers = { 'X-CSRF-Token': csrfToken() };
  if (body) headers['Content-Type'] = 'application/json';
  const response = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.title), { status: response.status, problem: answer });
  return answer;
}

function show(section) {
  for (const id of ['signed-out', 'signed-in']) element(id).hidden = id !== section;
}

function say(error) {
  const known = error && error.problem;
  const text = known ? `${known.title}. ${known.detail}` : 'Không kết nối được với hệ thống. Hãy thử lại.';
  const english = document.createElement('span');
  english.lang = 'en';
  english.textContent = known ? known.detail_en : 'The hub cannot be reached. Try again.';
  element('message').replaceChildren(text, english);
  element('message').hidden = false;
}

function cell(row, text, className) {
  const td = row.insertCell();
  td.textContent = text;
  if (className) td.className = className;
  return td;
}

// "2026-03-09T23:59:59+07:00" as people here write it; the offset is always Viet Nam's.
function written(instant) {
  if (!instant) return '—';
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(\d+:\d+)/.exec(instant);
  return `${time} ${day}/${month}/${year}`;
}

function addTask(task) {
  const { petition } = task;
  const row = element('tasks').tBodies[0].insertRow();
  cell(row, petition.title);
  cell(row, petition.code, 'code');
  const status = cell(row, petition.status_label.vi);
  const english = document.createElement('span');
  english.lang = 'en';
  english.textContent = petition.status_label.en;
  status.append(english);
  const state = { overdue: ['overdue', ' · quá hạn'], due_soon: ['due-soon', ' · sắp đến hạn'] }[petition.progress];
  cell(row, written(task.due_at) + (state ? state[1] : ''), `due ${state ? state[0] : ''}`);
}

const requestStates = { open: 'đang chờ · waiting', approved: 'đã duyệt · approved', refused: 'bị từ chối · refused' };

// Whoever a provider signed in for the first time has no role: they ask the unit's administrator for one.
async function showRequests() {
  const [{ units }, { items }] = await Promise.all(
    [call('GET', '/api/v1/organisation'), call('GET', '/api/v1/role-requests?own=true')]);
  element('unit').replaceChildren(...units.filter((unit) => !unit.external).map((unit) => new Option(unit.name, unit.id)));
  element('asked').replaceChildren(...items.map((request) => {
    const item = document.createElement('li');
    item.textContent = [roleNames[request.role] || request.role, request.unit_name, requestStates[request.state], request.answer]
      .filter(Boolean).join(' · ');
    return item;
  }));
}

async function ask(event) {
  event.preventDefault();
  element('message').hidden = true;
  try {
    await call('POST', '/api/v1/role-requests',
      { role: element('role').value, unit: element('unit').value, reason: element('reason').value });
    element('ask').reset();
    await showRequests();
  } catch (error) {
    say(error);
  }
}

async function showTasks() {
  const { account, unit_name: unit } = await call('GET', '/api/v1/me');
  const hasRole = account.roles.length > 0;
  element('no-role').hidden = hasRole;
  element('tasks-title').hidden = !hasRole;
  element('name').textContent = account.name;
  element('duty').textContent = [account.roles.map((role) => roleNames[role] || role).join(', '), unit]
    .filter(Boolean).join(' · ');
  show('signed-in');
  element('name').focus();
  if (!hasRole) {
    for (const id of ['tasks', 'no-tasks', 'more']) element(id).hidden = true;
    return showRequests();
  }
  let tasks = { items: [], next: null };
  try {
    tasks = await call('GET', '/api/v1/tasks?limit=100');
  } catch (error) {
    if (error.status !== 403) throw error;  // Somebody without a part in handling petitions has no tasks.
  }
  element('tasks').tBodies[0].replaceChildren();
  tasks.items.forEach(addTask);
  element('tasks').hidden = tasks.items.length === 0;
  element('no-tasks').hidden = tasks.items.length !== 0;
  element('more').hidden = !tasks.next;
}

async function signIn() {
  element('sign-in').disabled = true;
  element('message').hidden = true;
  try {
    const session = await call('POST', '/api/v1/session', { token: location.hash.slice(1) });
    sessionStorage.setItem(csrfKey, session.csrf_token);
    history.replaceState(null, '', location.pathname);
    await showTasks();
  } catch (error) {
    say(error);
  } finally {
    element('sign-in').disabled = false;
  }
}

async function signOut() {
  try {
    const answer = await call('DELETE', '/api/v1/session');
    sessionStorage.removeItem(csrfKey);
    if (answer && answer.continue_at) return location.assign(answer.continue_at);
    start();
  } catch (error) {
    say(error);
  }
}

async function showProviders() {
  const { items } = await call('GET', '/api/v1/sign-in');
  const links = items.filter((way) => way.officers).map((way) => {
    const link = document.createElement('a');
    link.className = 'way';
    link.href = way.url;
    link.textContent = way.label;
    return link;
  });
  element('provider-links').replaceChildren(...links);
  element('providers').hidden = links.length === 0;
}

function askToSignIn() {
  const hasLink = location.hash.length > 1;
  element('with-link').hidden = !hasLink;
  element('sign-in').hidden = !hasLink;
  element('without-link').hidden = hasLink;
  show('signed-out');
  showProviders().catch(say);
}

async function start() {
  element('message').hidden = true;
  if (location.hash.length > 1) return askToSignIn();
  try {
    await showTasks();
  } catch (error) {
    if (error.status !== 401) say(error);
    askToSignIn();
  }
}

element('sign-in').addEventListener('click', signIn);
element('sign-out').addEventListener('click', signOut);
element('ask').addEventListener('submit', ask);
window.addEventListener('hashchange', start);
start();
