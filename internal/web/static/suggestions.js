// Offers territories while one types in a search form that has data-suggest.
// A combobox with a list: arrows, Enter, Escape; the count is said aloud.
// Without this script the form works by itself.

const WAIT = 150;

for (const form of document.querySelectorAll('form[data-suggest]')) {
  enhance(form, form.querySelector('input[type="search"]'));
}

function enhance(form, input) {
  const list = document.createElement('ul');
  list.className = 'suggestions';
  list.id = `${input.id}-liste`;
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Territoires proposés');
  const status = document.createElement('p');
  status.className = 'hidden';
  status.setAttribute('role', 'status');
  input.after(list);
  form.append(status);
  input.type = 'text'; // a search field may not be a combobox
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-expanded', 'false');
  input.setAttribute('aria-controls', list.id);

  let timer, asked, chosen = -1, found = [];

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function choose(index) {
    const items = [...list.children];
    if (items.length === 0) return;
    chosen = (index + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute('aria-selected', String(i === chosen)));
    items[chosen].scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', items[chosen].id);
  }

  function show(results) {
    found = results;
    list.replaceChildren(...results.map((result, i) => {
      const item = document.createElement('li');
      item.id = `${list.id}-${i}`;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', 'false');
      const name = document.createElement('strong');
      name.textContent = result.nom;
      const detail = document.createElement('small');
      detail.textContent = result.detail;
      item.append(name, detail);
      item.addEventListener('mousedown', (event) => { event.preventDefault(); go(i); });
      return item;
    }));
    chosen = -1;
    list.hidden = results.length === 0;
    input.setAttribute('aria-expanded', String(results.length > 0));
    input.removeAttribute('aria-activedescendant');
    status.textContent = results.length === 0 ? 'Aucun territoire proposé.'
      : results.length === 1 ? 'Un territoire proposé.'
      : `${results.length} territoires proposés.`;
  }

  function go(index) {
    const target = new URL(found[index].page, location.href);
    if (target.origin === location.origin) location.assign(target);
  }

  async function ask() {
    const query = input.value.trim();
    asked?.abort();
    if (query.length < 2) { close(); return; }
    asked = new AbortController();
    try {
      const url = new URL(form.dataset.suggest, location.href);
      url.searchParams.set('q', query);
      const answer = await fetch(url, { signal: asked.signal, headers: { Accept: 'application/json' } });
      if (answer.ok) show((await answer.json()).territoires);
    } catch (error) {
      if (error.name !== 'AbortError') close();
    }
  }

  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    switch (event.key) {
      case 'ArrowDown': event.preventDefault(); choose(chosen + 1); break;
      case 'ArrowUp': event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); break;
      case 'Escape': event.preventDefault(); close(); break;
      case 'Enter': if (chosen >= 0) { event.preventDefault(); go(chosen); } break;
    }
  });
}
