/* Sends a large file in pieces with their SHA-256 and goes on where the server stopped, after a lost connection, another day, from
   another browser. Without it the form sends the file at once. Browsers of 2020, no framework. Words come from the form's attributes. */
'use strict';
(function () {
  const one = (selector, root) => root.querySelector(selector);

  const PRIMES = (() => {
    const found = [];
    for (let n = 2; found.length < 64; n += 1) if (found.every((p) => n % p)) found.push(n);
    return found;
  })();
  const fraction = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
  const ROUNDS = Int32Array.from(PRIMES, (p) => fraction(Math.cbrt(p)));

  /* FIPS 180-4; the browser's own is not there without HTTPS and cannot take a file bit by bit. */
  function newDigest() {
    const state = Int32Array.from(PRIMES.slice(0, 8), (p) => fraction(Math.sqrt(p)));
    const w = new Int32Array(64);
    let rest = new Uint8Array(0);
    let length = 0;
    function block(view, at) {
      for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(at + 4 * i);
      for (let i = 16; i < 64; i += 1) {
        const a = w[i - 15];
        const b = w[i - 2];
        w[i] = (w[i - 16] + w[i - 7] + ((a >>> 7 | a << 25) ^ (a >>> 18 | a << 14) ^ a >>> 3) + ((b >>> 17 | b << 15) ^ (b >>> 19 | b << 13) ^ b >>> 10)) | 0;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i += 1) {
        const x = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + ROUNDS[i] + w[i]) | 0;
        const y = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c)) | 0;
        h = g; g = f; f = e; e = (d + x) | 0; d = c; c = b; b = a; a = (x + y) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
    }
    function add(bytes) {
      const all = new Uint8Array(rest.length + bytes.length);
      all.set(rest);
      all.set(bytes, rest.length);
      const view = new DataView(all.buffer);
      let at = 0;
      for (; at + 64 <= all.length; at += 64) block(view, at);
      rest = all.slice(at);
      length += bytes.length;
    }
    function end() {
      const bits = length * 8;
      const tail = new Uint8Array((rest.length < 56 ? 64 : 128) - rest.length);
      const view = new DataView(tail.buffer);
      tail[0] = 128;
      view.setUint32(tail.length - 8, Math.floor(bits / 4294967296));
      view.setUint32(tail.length - 4, bits >>> 0);
      add(tail);
      return Array.from(state, (value) => (value >>> 0).toString(16).padStart(8, '0')).join('');
    }
    return { add, end };
  }

  async function digestOf(file, from, to, digest) {
    const bytes = new Uint8Array(await file.slice(from, to).arrayBuffer());
    const own = newDigest();
    own.add(bytes);
    if (digest) digest.add(bytes);
    return { bytes, sha256: own.end() };
  }

  /* Resolves with {status, answer}; status 0: no connection. */
  function ask(method, url, body, type, csrf, progress) {
    return new Promise((resolve) => {
      const call = new XMLHttpRequest();
      call.open(method, '/api' + url);
      call.setRequestHeader('X-CSRF-Token', csrf);
      if (type) call.setRequestHeader('Content-Type', type);
      if (progress) call.upload.onprogress = (event) => progress(event.loaded);
      call.onloadend = () => {
        let answer = {};
        try { answer = JSON.parse(call.responseText); } catch (error) { /* a proxy's page */ }
        resolve({ status: call.status, answer });
      };
      call.send(body);
    });
  }

  const size = (bytes) => (bytes / 1e6).toLocaleString('vi-VN', { maximumFractionDigits: 1 }) + ' MB';

  function newUpload(form) {
    const says = form.dataset;
    const button = one('button.main-act', form);
    const label = button.textContent;
    const bar = Object.assign(document.createElement('progress'), { max: 1, value: 0, hidden: true });
    const told = document.createElement('p');
    const value = (name) => (form.elements[name] ? form.elements[name].value : '');
    const call = (method, url, data, progress, type) => ask(method, url, data, type || (data ? 'application/json' : ''), value('_csrf'), progress);
    let running = false;
    let stopped = false;
    told.className = 'small';
    told.setAttribute('role', 'status');
    button.before(bar, told);

    const show = (kept, whole) => {
      bar.value = kept / whole;
      told.textContent = says.sent + ' ' + size(kept) + ' / ' + size(whole);
    };

    /* Waits for the connection or the server; FALSE when nothing but a person can help. */
    async function outlast(reply, wait) {
      if (reply.status === 401 || reply.status === 403) told.textContent = says.signIn;
      else if (reply.status && reply.status < 500 && reply.status !== 429) told.textContent = reply.answer.detail;
      else if (reply.status === 507) told.textContent = reply.answer.detail;
      else {
        for (let left = wait; left > 0 && !stopped; left -= 1) {
          told.textContent = says.lost + ' ' + left + ' ' + says.seconds;
          await new Promise((go) => setTimeout(go, 1000));
        }
        return !stopped;
      }
      return false;
    }

    /* Asks until there is an answer. */
    async function insist(method, url, data) {
      for (let wait = 1; ; wait = Math.min(2 * wait, 60)) {
        const reply = await call(method, url, data);
        if (reply.status === 200) return reply.answer;
        if (!(await outlast(reply, wait))) return null;
      }
    }

    /* The one that this file began: as large, its last piece the same. */
    async function findBegun(file) {
      const list = await insist('GET', says.upload);
      if (!list) return null;
      for (const row of list.rows.filter((one) => one.size_bytes === file.size)) {
        const end = row.last_offset + row.last_size;
        if (row.last_size ? (await digestOf(file, row.last_offset, end)).sha256 === row.last_sha256 : row.file_name === file.name) return row;
      }
      const fields = { name: file.name, size: file.size };
      ['title', 'by', 'taken', 'where', 'how', 'seal'].forEach((name) => { if (value(name)) fields[name] = value(name); });
      return insist('POST', says.upload, JSON.stringify(fields));
    }

    async function addKept(file, upload, digest) {
      for (let at = 0; at < upload.offset && !stopped; at += upload.piece_bytes) {
        told.textContent = says.checking + ' ' + size(at);
        digest.add(new Uint8Array(await file.slice(at, Math.min(at + upload.piece_bytes, upload.offset)).arrayBuffer()));
      }
    }

    async function sendPieces(file, upload, digest) {
      let offset = upload.offset;
      for (let wait = 1; offset < file.size && !stopped;) {
        const part = await digestOf(file, offset, Math.min(offset + upload.piece_bytes, file.size));
        const url = upload.piece_url + '?offset=' + offset + '&sha256=' + part.sha256;
        const reply = await call('POST', url, part.bytes, (sent) => show(offset + Math.min(sent, part.bytes.length), file.size), 'application/octet-stream');
        if (reply.status === 200) {
          digest.add(part.bytes);
          offset = reply.answer.offset;
          wait = 1;
          show(offset, file.size);
        } else if (!(await outlast(reply, wait))) return false;
        else wait = Math.min(2 * wait, 60);
      }
      return !stopped;
    }

    async function send(file) {
      const digest = newDigest();
      const upload = await findBegun(file);
      if (!upload) return;
      await addKept(file, upload, digest);
      if (!(await sendPieces(file, upload, digest))) return;
      told.textContent = says.hashing;
      if (!(await insist('POST', upload.finish_url, JSON.stringify({ sha256: digest.end() })))) return;
      running = false;
      location.hash = 'h-cc';
      location.reload();
    }

    window.addEventListener('beforeunload', (event) => { if (running) event.preventDefault(); });
    return (event) => {
      const file = one('input[type=file]', form).files[0];
      const large = file && file.size > 1e6;
      if (running || large) event.preventDefault();
      if (running) stopped = true;
      if (running || !large) return;
      running = true;
      stopped = false;
      bar.hidden = false;
      button.textContent = says.stop;
      send(file).catch((error) => { told.textContent = String(error.message || error); }).finally(() => {
        running = false;
        button.textContent = bar.value > 0 ? says.goOn : label;
      });
    };
  }

  /* Asked at the document: a live page may put a new form in the place of the old one. */
  const uploads = new WeakMap();
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('form[data-upload]')) return;
    if (!uploads.has(form)) uploads.set(form, newUpload(form));
    uploads.get(form)(event);
  });
})();
