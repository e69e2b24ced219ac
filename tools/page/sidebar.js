// The side: what the model says as a whole, search, modules as a tree, parameters with their sizes, and the legend.

const search = document.getElementById('search');
const found = document.getElementById('found');
const MOST_FOUND = 100;

// --- modules ---------------------------------------------------------------------------------------------------------

function moduleEntry(box) {
  const inner = () => box.boxes.filter(b => b.hasParts);
  const line = element('button', 'entry', '', element('span', 'title', cut(box.title, 40)));
  if (box.label && box.label !== box.title) line.append(element('span', 'sub', cut(box.label, 40)));
  line.addEventListener('click', () => {
    reveal(box);
    if (!pinned) showSubject({ kind: 'box', box });
  });
  const item = element('li');
  const hasInner = box.kind === 'control' || hasModules(box);
  if (!hasInner) {
    item.append(element('span', 'leaf'), line);
    return item;
  }
  const arrow = element('button', 'arrow', '▸');
  arrow.setAttribute('aria-label', `Modules in ${box.title}`);
  arrow.setAttribute('aria-expanded', 'false');
  const list = element('ul');
  list.hidden = true;
  arrow.addEventListener('click', () => {
    if (list.hidden && !list.children.length) list.append(...inner().map(moduleEntry));
    list.hidden = !list.hidden;
    arrow.textContent = list.hidden ? '▸' : '▾';
    arrow.setAttribute('aria-expanded', String(!list.hidden));
  });
  item.append(arrow, line, list);
  item.open = () => list.hidden && arrow.click();
  return item;
}

// Whether there are modules in a box, without making the boxes in it.
function hasModules(box) {
  if (box.items.length > MOST_PARTS) return true;
  const { nodes } = scopes[box.inside];
  return box.items.some(i => typeof i !== 'number' || nodes[i].calls !== undefined || nodes[i].bodies);
}

// --- parameters ------------------------------------------------------------------------------------------------------

function parameterRows() {
  const rows = [];
  let total = 0;
  scopes.forEach((scope, number) => {
    if (scope.kind === 'function') return; // those of functions are given by calls
    for (const [name, value] of Object.entries(scope.values || NOTHING)) {
      if (value.role !== 'parameter') continue;
      total += value.size || 0;
      const row = element('tr', '', '', element('th', '', name), element('td', `type ${elementClass(value.element)}`, typeText(value)), element('td', 'size', value.size === undefined ? '' : sizeText(value.size)));
      row.tabIndex = 0;
      subjects.set(row, { kind: 'value', scope: number, name });
      rows.push(row);
    }
  });
  return { rows, total };
}

// --- search ----------------------------------------------------------------------------------------------------------

// What can be found: a text in lower case, what is shown of it, and where to go. Made when it is first needed.
let entries = null;

function searchable() {
  if (entries) return entries;
  entries = [];
  const add = (words, title, sub, go) => entries.push({ text: words.filter(Boolean).join('\n').toLowerCase(), title, sub, go });
  const user = said => Object.entries(said || NOTHING).map(([k, v]) => saidText(k.replace(/^module\./, ''), v));
  scopes.forEach((scope, number) => {
    if (scope.kind !== 'body') {
      add([scope.name, scope.label, scope.location, ...user(scope.user)], scope.label || scope.name, scope.kind, () => boxOfScope(number));
    }
    scope.nodes.forEach((node, i) => add(
      [node.op, node.name, node.location, node.path, ...(node.outputs || []), ...user(node.user)],
      node.calls === undefined ? node.op : node.path || node.name || node.op, (node.outputs || [])[0] || node.name || '', () => boxOfNode(number, i)));
    for (const [name, value] of Object.entries(scope.values || NOTHING)) {
      if (value.role === 'constant' || (!value.role && !value.user)) continue;
      add([name, value.type, value.declared, ...user(value.user)], name, typeText(value), () => {
        const giver = givers(number).get(name);
        const reader = takers(number, name)[0];
        return giver !== undefined ? boxOfNode(number, giver) : reader !== undefined ? boxOfNode(number, reader) : boxOfScope(number);
      });
    }
    const groups = (items, path) => items.forEach(item => {
      if (typeof item === 'number') return;
      const here = [...path, item];
      add([item.name, item.kind, item.path, item.location, ...user(item.user)], item.path || item.name, item.kind || 'module', () => {
        let box = boxOfScope(number);
        for (const group of here) {
          while (box && !box.boxes.some(b => b.group === group)) box = box.boxes.find(b => b.kind === 'stretch' && b.nodes.has(firstNode(group)));
          box = box && box.boxes.find(b => b.group === group);
        }
        return box;
      });
      groups(item.items, here);
    });
    groups(scope.items, []);
  });
  return entries;
}

function firstNode(group) {
  let item = group;
  while (typeof item !== 'number') [item] = item.items;
  return item;
}

function find() {
  const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  found.hidden = !words.length;
  if (!words.length) return found.replaceChildren();
  const hits = searchable().filter(e => words.every(w => e.text.includes(w)));
  const shown = hits.slice(0, MOST_FOUND).map(hit => {
    const line = element('button', 'entry', '', element('span', 'title', cut(hit.title, 40)), element('span', 'sub', cut(hit.sub, 40)));
    line.addEventListener('click', () => {
      const box = hit.go();
      if (!box) return;
      reveal(box);
      if (!pinned) showSubject({ kind: 'box', box });
    });
    return element('li', '', '', line);
  });
  const rest = hits.length - shown.length;
  if (!hits.length) shown.push(element('li', 'faint', 'nothing'));
  if (rest > 0) shown.push(element('li', 'faint', `and ${rest.toLocaleString('en')} more`));
  return found.replaceChildren(...shown);
}

// --- legend ----------------------------------------------------------------------------------------------------------

function legend() {
  const used = new Set(), kinds = new Set();
  let isOther = false;
  for (const scope of scopes) {
    for (const value of Object.values(scope.values || NOTHING)) {
      if (ELEMENTS.includes(value.element)) used.add(value.element);
      else if (value.element) isOther = true;
    }
    for (const node of scope.nodes) if (node.calls === undefined && !node.bodies) kinds.add(operators.get(node.op) || 'other');
  }
  const row = (name, text) => element('div', 'legend', '', element('i', name), element('span', '', text));
  const types = ELEMENTS.filter(e => used.has(e)).map(e => row(`line t-${e}`, e));
  if (isOther) types.push(row('line t-other', 'other element types'));
  types.push(row('line t-none', 'type not said'));
  const nodes = [...Object.keys(SUBJECTS_OF_OPERATORS), 'other'].filter(k => kinds.has(k)).map(k => row(`swatch ${k}`, k));
  const parts = [element('h3', '', 'Edges: element type'), ...types, element('h3', '', 'Nodes'), ...nodes, row('swatch module', 'module: click to open')];
  if (targets.length > 1) parts.push(element('h3', '', 'Targets'), ...targets.map(t => row(`swatch${targetClass(t)}`, t)));
  const keys = [['/', 'search'], ['Enter', 'open or close, or keep details'], ['p', 'keep details'], ['Esc', 'let go'], ['↑ ↓', 'to what gives, what reads'], ['+ − 0 f', 'zoom']];
  parts.push(element('h3', '', 'Keys'), ...keys.map(([k, text]) => element('div', 'legend', '', element('kbd', '', k), element('span', '', text))));
  return parts;
}
