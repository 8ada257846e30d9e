/* What makes the pages quicker to use. Everything works without it. Browsers of 2020, no framework.
   Order: small helpers · keys · lists · undo · drafts · copying · live pages. Words come from the attributes of <body>. */
'use strict';
(function () {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector, root) => (root || document).querySelector(selector);
  const words = document.body.dataset;
  const signedIn = Boolean(one('.menu'));
  const refused = one('.errors');

  function note(text, button, act) {
    const bar = document.createElement('div');
    bar.className = 'undo';
    bar.setAttribute('role', 'status');
    bar.append(Object.assign(document.createElement('span'), { textContent: text }));
    const knob = Object.assign(document.createElement('button'), { className: 'btn', type: 'button', textContent: button });
    knob.addEventListener('click', () => { bar.remove(); act(); });
    bar.append(knob);
    one('main').append(bar);
    return bar;
  }

  /* ---- keys: none acts while a field has the focus or an input method composes ---- */
  const PLACES = { t: '/', s: '/su-co', k: '/ke-hoach', n: '/nhiem-vu' };
  let afterG = 0;

  function goTo(path) {
    const link = one('.menu a[href="' + path + '"]');
    if (link) link.click();
  }

  function moveRow(step) {
    const links = all('[data-rows] tbody a.t');
    const at = links.indexOf(document.activeElement);
    const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
    if (next) next.focus();
  }

  const KEYS = {
    '/': () => { const box = one('#tim'); if (box) box.focus(); },
    b: () => { const link = one('.top .alarm'); if (link) link.click(); },
    j: () => moveRow(1),
    k: () => moveRow(-1),
    g: () => { afterG = Date.now(); },
    '?': () => { if (!one('.undo')) note(words.keys, words.close, () => {}); },
  };

  function isTyping(event) {
    const field = event.target.closest && event.target.closest('input:not([type=checkbox]):not([type=radio]),select,textarea,[contenteditable]');
    return field || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey;
  }

  document.addEventListener('keydown', (event) => {
    if (isTyping(event)) return;
    const place = Date.now() - afterG < 1500 ? PLACES[event.key] : null;
    const act = place ? () => goTo(place) : KEYS[event.key];
    if (event.key !== 'g') afterG = 0;
    if (!act) return;
    event.preventDefault();
    act();
  });

  /* ---- lists: how many are chosen, choose all ---- */
  function showCount(form) {
    const boxes = all('tbody input[type=checkbox]', form);
    const chosen = boxes.filter((box) => box.checked).length;
    const label = one('[data-count]', form);
    const head = one('[data-all]', form);
    if (label) {
      label.dataset.count = label.dataset.count || label.textContent;
      label.textContent = chosen ? chosen + ' ' + words.chosen : label.dataset.count;
    }
    if (head) head.checked = chosen > 0 && chosen === boxes.length;
    if (head) head.indeterminate = chosen > 0 && chosen < boxes.length;
    boxes.forEach((box) => box.closest('tr').classList.toggle('on', box.checked));
  }

  document.addEventListener('change', (event) => {
    const form = event.target.type === 'checkbox' && event.target.form;
    if (!form || !one('[data-count]', form)) return;
    if (event.target.matches('[data-all]'))
      all('tbody input[type=checkbox]', form).forEach((box) => { box.checked = event.target.checked; });
    showCount(form);
  });

  /* ---- undo: ten seconds ---- */
  function countDown(bar) {
    const button = one('button', bar);
    const word = button.textContent;
    let left = 10;
    const timer = setInterval(() => {
      left -= 1;
      button.textContent = word + ' (' + left + ')';
      if (left > 0) return;
      clearInterval(timer);
      bar.remove();
    }, 1000);
  }

  /* ---- drafts: what is typed survives a lost connection, an expired session, a closed window ---- */
  const DAY = 24 * 3600 * 1000;
  const PREFIX = 'draft:';
  const user = (one('.top .user') || { textContent: '' }).textContent.trim();
  const keyOf = (form) => PREFIX + user + ':' + location.pathname + ':' + form.dataset.draft;

  function readDraft(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch (error) {
      return null;
    }
  }

  function writeDraft(key, draft) {
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch (error) {
      /* Full or forbidden: the page works on without drafts. */
    }
  }

  const draftKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

  function keptFields(form) {
    return Array.from(form.elements).filter((field) => field.name && !['hidden', 'password', 'file', 'submit', 'button'].includes(field.type));
  }

  const valueOf = (field) => (field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value);

  function fill(field, value) {
    if (typeof value === 'boolean') field.checked = value;
    else field.value = value;
  }

  function restore(form, key) {
    const draft = readDraft(key);
    const fields = keptFields(form);
    if (!draft || draft.values.length !== fields.length) return;
    const before = fields.map(valueOf);
    if (JSON.stringify(before) === JSON.stringify(draft.values)) return;
    fields.forEach((field, at) => fill(field, draft.values[at]));
    const fold = form.closest('details');
    if (fold) fold.open = true;
    note(words.restored + ' ' + new Date(draft.time).toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit' }), words.discard, () => {
      localStorage.removeItem(key);
      fields.forEach((field, at) => fill(field, before[at]));
    });
  }

  function keepDraft(form) {
    const key = keyOf(form);
    let timer = 0;
    if (!refused) restore(form, key);
    form.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => writeDraft(key, { time: Date.now(), sent: false, values: keptFields(form).map(valueOf) }), 800);
    });
    form.addEventListener('submit', () => {
      clearTimeout(timer);
      writeDraft(key, { time: Date.now(), sent: true, values: keptFields(form).map(valueOf) });
    });
  }

  /* A draft that was sent is dropped once the server has shown the next page; a sign-in page means that it was not taken. */
  function settleDrafts() {
    draftKeys().forEach((key) => {
      const draft = readDraft(key);
      if (!draft || Date.now() - draft.time > DAY || (draft.sent && signedIn && !refused)) localStorage.removeItem(key);
      else if (draft.sent && !signedIn) writeDraft(key, Object.assign(draft, { sent: false }));
    });
  }

  function startDrafts() {
    try {
      settleDrafts();
    } catch (error) {
      return;
    }
    if (signedIn) all('form[data-draft]').forEach(keepDraft);
    all('form[data-sign-out]').forEach((form) => form.addEventListener('submit', () => draftKeys().forEach((key) => localStorage.removeItem(key))));
  }

  /* ---- copying: on a plain http address of the office network there is no clipboard, only the old way ---- */
  function showCopy(root) {
    all('.copy button', root).forEach((button) => { button.hidden = false; });
  }

  function copyText(button) {
    const text = one('[data-copy]', button.parentNode);
    const done = () => { button.textContent = words.copied; };
    const byHand = () => {
      getSelection().selectAllChildren(text);
      if (document.execCommand('copy')) done();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(done, byHand);
    else byHand();
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest && event.target.closest('.copy button');
    if (button) copyText(button);
  });

  /* ---- live pages: one stream per browser, shared between its tabs, closed while no tab is seen ---- */
  const me = String(Math.random());
  const channel = words.live && window.BroadcastChannel ? new BroadcastChannel('ungcuu') : null;
  let stream = null;
  let counter = null;
  let stale = false;
  let asked = 0;

  function isBusy() {
    const field = document.activeElement && document.activeElement.matches('main input,main select,main textarea');
    return field || one('main details[open]') || one('main input:checked') || one('.undo') || refused || drafting();
  }

  const drafting = () => all('form[data-draft]').some((form) => readDraft(keyOf(form)));

  function offerReload() {
    if (!one('.undo')) note(words.changed, words.reload, () => location.reload());
  }

  /* The link that has the focus keeps it; new forms keep drafts as the old ones did. */
  function replace(shown, fresh) {
    const link = shown.contains(document.activeElement) && document.activeElement.getAttribute('href');
    shown.innerHTML = fresh.innerHTML;
    const same = link && all('a', shown).find((other) => other.getAttribute('href') === link);
    if (same) same.focus();
    all('form[data-draft]', shown).forEach(keepDraft);
    showCopy(shown);
  }

  function refresh() {
    stale = false;
    asked = Date.now();
    fetch(location.href, { credentials: 'same-origin', headers: { 'X-Live': '1' } }).then((reply) => (reply.ok && !reply.redirected ? reply.text() : null)).then((html) => {
      if (!html) return;
      const page = new DOMParser().parseFromString(html, 'text/html');
      ['.menu', 'main'].forEach((part) => {
        const fresh = one(part, page);
        const shown = one(part);
        const steady = (node) => node.innerHTML.replace(/<footer[^]*<\/footer>/, '');
        if (fresh && shown && steady(fresh) !== steady(shown)) replace(shown, fresh);
      });
    }).catch(() => {});
  }

  function heard(value) {
    const changed = counter !== null && value !== counter;
    counter = value;
    if (!changed) return;
    stale = true;
    if (!document.hidden) setTimeout(catchUp, Math.max(0, 5000 - (Date.now() - asked)));
  }

  function catchUp() {
    if (!stale || document.hidden) return;
    if (!isBusy()) refresh();
    else if (!one('form[data-draft] :focus')) offerReload();
  }

  function leader() {
    const mark = readDraft('live');
    return mark && Date.now() - mark.time < 5000 ? mark.id : null;
  }

  function open() {
    stream = new EventSource(words.live);
    stream.addEventListener('change', (event) => {
      heard(event.data);
      channel.postMessage(event.data);
    });
  }

  function close() {
    if (!stream) return;
    stream.close();
    stream = null;
    localStorage.removeItem('live');
  }

  /* Every two seconds: a seen tab leads when nobody does, and says so. */
  function beat() {
    const head = leader();
    if (document.hidden || (head && head !== me)) {
      if (stream && head !== me) { stream.close(); stream = null; }
      if (document.hidden && stream) close();
      return;
    }
    writeDraft('live', { id: me, time: Date.now() });
    if (!stream) open();
  }

  function startLive() {
    if (!channel || !window.EventSource) return;
    channel.onmessage = (event) => heard(event.data);
    document.addEventListener('visibilitychange', () => { beat(); catchUp(); });
    window.addEventListener('pagehide', close);
    setInterval(beat, 2000);
    beat();
  }

  if (refused) refused.focus();
  all('.undo').forEach(countDown);
  all('form').filter((form) => one('[data-count]', form)).forEach(showCount);
  showCopy();
  startDrafts();
  startLive();
})();
