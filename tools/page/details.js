// Details: all that is said of what the pointer, or the keyboard, is on. A click keeps them until another one.

const details = document.getElementById('details');
const MOST_LISTED = 40;
let pinned = null; // the element whose details are kept

function showSubject(subject) {
  const parts = subject.kind === 'value' ? valueDetails(subject) : subject.box.kind === 'node' ? nodeDetails(subject.box) : moduleDetails(subject.box);
  details.replaceChildren(...parts);
}

function pin(made) {
  if (pinned) pinned.classList.remove('pinned');
  pinned = made === pinned ? null : made;
  details.parentElement.classList.toggle('kept', Boolean(pinned));
  if (pinned) {
    pinned.classList.add('pinned');
    showSubject(subjects.get(pinned));
  }
}

function heading(kind, title, sub = '') {
  const made = [element('p', 'kind', kind), element('h2', '', title)];
  if (sub) made.push(element('p', 'sub', sub));
  return made;
}

// A table of what is said; empty entries are left out.
function table(title, entries, name = '') {
  const rows = entries.filter(([, value]) => value !== undefined && value !== '' && value !== null);
  if (!rows.length) return [];
  const body = element('table', name);
  for (const [key, value] of rows) {
    const cell = element('td');
    if (value instanceof Node) cell.append(value);
    else cell.textContent = typeof value === 'string' ? value : JSON.stringify(value);
    body.append(element('tr', '', '', element('th', '', key), cell));
  }
  return [...(title ? [element('h3', '', title)] : []), body];
}

function said(user) {
  return table('Annotations', Object.entries(user || NOTHING).map(([k, v]) => [k, JSON.stringify(v)]), 'user');
}

function metadata(...all) {
  return all.flatMap(([title, meta]) => table(title, Object.entries(meta || NOTHING), 'meta'));
}

function documented(doc) {
  return doc ? [element('h3', '', 'Documentation'), element('pre', '', doc)] : [];
}

// A link to a value, with its type.
function valueLink(scope, name) {
  const { value } = lookup(scope, name);
  const made = element('button', `link ${elementClass(value.element)}`, name || '(none)');
  made.addEventListener('click', () => toGiver(scope, name));
  const text = value.role === 'constant' && value.content ? `= ${value.content}` : [typeText(value), policyText(value), value.size ? sizeText(value.size) : ''].filter(Boolean).join('  ');
  return element('span', '', '', made, element('span', 'type', text ? `  ${text}` : ''));
}

function boxLink(box) {
  const made = element('button', 'link', box.kind === 'node' ? `${box.node.op}  ${box.gives[0] || ''}` : box.title);
  made.addEventListener('click', () => reveal(box));
  return made;
}

// Go to what gives a value.
function toGiver(scope, name) {
  const found = lookup(scope, name);
  const number = givers(found.scope).get(name);
  const box = number === undefined ? boxOfScope(found.scope) : boxOfNode(found.scope, number);
  if (box) reveal(box);
}

function values(title, scope, names) {
  return table(title, names.map((name, i) => [String(i), name ? valueLink(scope, name) : '(none)']), 'values');
}

function nodeDetails(box) {
  const { node, scope } = box;
  return [
    ...heading('operator', node.op, node.name),
    ...table('', [['source', node.location], ['target', node.target], ['transfer', node.moves]]),
    ...said(node.user),
    ...node.outputs ? node.outputs.flatMap(name => {
      const { user } = lookup(scope, name).value;
      return user ? table(`Annotations of ${name}`, Object.entries(user).map(([k, v]) => [k, JSON.stringify(v)]), 'user') : [];
    }) : [],
    ...values('Inputs', scope, node.inputs || []),
    ...values('Outputs', scope, node.outputs || []),
    ...table('Attributes', Object.entries(node.attributes || NOTHING)),
    ...metadata(['Metadata', node.meta]),
    ...documented(node.doc),
  ];
}

function moduleDetails(box) {
  const { said: own, callee } = box.said;
  const kinds = { call: 'module', graph: 'graph', module: 'module', control: 'control flow', body: 'graph in a node', stretch: 'stretch' };
  const { nodes, modules } = counted(box);
  const number = box.inside;
  const all = box.parameters;
  const parameters = [...all].slice(0, MOST_LISTED).map(([name, value]) => [name, element('span', 'type', [typeText(value), policyText(value), value.size ? sizeText(value.size) : ''].filter(Boolean).join('  '))]);
  const pins = box.kind === 'control' ? { ins: [], outs: [] } : box.pins;
  return [
    ...heading(kinds[box.kind], box.title, box.label),
    ...table('', [['path', box.group.path || (box.node || NOTHING).path], ['source', own.location], ['definition', callee.location], ['target', box.target],
      ['holds', [nodes && countText(nodes, 'node'), modules && countText(modules, 'module')].filter(Boolean).join(', ')]]),
    ...said(box.user),
    ...values('Inputs', number, pins.ins),
    ...table('Parameters', parameters, 'values'),
    ...(all.size > MOST_LISTED ? [element('p', 'faint', `and ${(all.size - MOST_LISTED).toLocaleString('en')} more`)] : []),
    ...values('Outputs', number, pins.outs),
    ...(box.kind === 'control' ? [...values('Inputs', box.scope, box.node.inputs || []), ...values('From around it', box.scope, box.node.captured || []), ...values('Outputs', box.scope, box.gives)] : []),
    ...table('Attributes', Object.entries((box.node || NOTHING).attributes || NOTHING)),
    ...metadata(['Metadata', own.meta], ['Metadata of the function', callee.meta]),
    ...documented(own.doc || callee.doc),
  ];
}

function valueDetails({ scope, name }) {
  const found = lookup(scope, name), { value } = found;
  const giver = givers(found.scope).get(name);
  const readers = takers(found.scope, name);
  const box = n => boxOfNode(found.scope, n);
  const shown = readers.slice(0, 12).map(box).filter(Boolean).map(b => element('li', '', '', boxLink(b)));
  if (readers.length > 12) shown.push(element('li', 'faint', `and ${readers.length - 12} more`));
  const from = giver === undefined ? null : box(giver);
  return [
    ...heading(value.role || 'value', name),
    ...table('', [['type', typeText(value) || 'unknown'], ['precision', value.precision || value.element], ['target', value.target],
      ['declared', value.declared], ['size', value.size ? `${value.size.toLocaleString('en')} bytes` : ''], ['contents', value.content],
      ['given by', from ? boxLink(from) : '']]),
    ...said(value.user),
    ...(shown.length ? [element('h3', '', 'Read by'), element('ul', '', '', ...shown)] : []),
    ...metadata(['Metadata', value.meta]),
    ...documented(value.doc),
  ];
}
