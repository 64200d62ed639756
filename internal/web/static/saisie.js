// Keeps what is typed in a form that has data-save: a little after each change,
// and again until the server has it. Without this script, the button does it.

const WAIT = 1200;
const RETRY = 10000;

for (const form of document.querySelectorAll('form[data-save]')) {
  watch(form);
}

function watch(form) {
  const status = form.querySelector('.saved');
  const key = `guichet:${form.dataset.save}`;
  let timer, sending = null, dirty = false, stopped = false;

  restore(form, key, status);
  form.addEventListener('input', () => {
    dirty = true;
    keepHere(form, key);
    say('');
    plan(WAIT);
  });
  form.addEventListener('submit', async (event) => {
    stopped = true;
    clearTimeout(timer);
    if (sending) { // its answer gives the version that this sending must carry
      event.preventDefault();
      await sending;
      form.requestSubmit(event.submitter);
    }
    localStorage.removeItem(key);
  });
  window.addEventListener('online', () => plan(0));
  window.addEventListener('beforeunload', (event) => {
    if (dirty && !stopped) event.preventDefault();
  });

  function say(text) { status.textContent = text; }

  function plan(wait) {
    clearTimeout(timer);
    if (dirty && !stopped) timer = setTimeout(save, wait);
  }

  async function save() {
    if (sending) return;
    dirty = false;
    sending = send();
    await sending;
    sending = null;
    if (dirty) plan(navigator.onLine ? WAIT : RETRY);
  }

  async function send() {
    try {
      const answer = await fetch(form.dataset.save, {
        method: 'POST',
        headers: { Accept: 'application/json' },
        body: new URLSearchParams(new FormData(form)),
      });
      const result = await answer.json();
      if (answer.ok) {
        form.elements.version.value = result.version;
        for (const [name, base] of Object.entries(result.bases)) {
          const held = form.elements[`base.${name}`];
          if (held) held.value = base;
        }
        if (!dirty) localStorage.removeItem(key);
        say(`Enregistré à ${new Date().toLocaleTimeString('fr-FR', { hour: '2-digit', minute: '2-digit' })}`);
      } else {
        stopped = true;
        say(`${result.message || 'Rien n’a été enregistré.'} Appuyez sur « Enregistrer » pour comparer.`);
      }
    } catch {
      dirty = true;
      say('Hors ligne : votre texte est gardé dans ce navigateur et partira dès que possible.');
    }
  }
}

// keepHere holds the form in the browser while the server may be away.
function keepHere(form, key) {
  try {
    localStorage.setItem(key, new URLSearchParams(new FormData(form)).toString());
  } catch { /* a full or forbidden storage takes nothing away from the form */ }
}

// restore gives back what the server never received.
function restore(form, key, status) {
  const kept = localStorage.getItem(key);
  if (!kept) return;
  const values = new URLSearchParams(kept);
  if (values.get('version') !== form.elements.version.value) return;
  for (const field of form.elements) {
    if (!field.name || field.type === 'hidden') continue;
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.getAll(field.name).includes(field.value);
    else if (values.has(field.name)) field.value = values.get(field.name);
  }
  status.textContent = 'Votre texte non enregistré est revenu : appuyez sur « Enregistrer ».';
}
