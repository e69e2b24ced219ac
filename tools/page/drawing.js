// Drawing: boxes as elements of the page, edges as lines behind them. A box is laid out and drawn again when it, or one
// in it, is opened or closed; all others keep their elements.

const stage = document.getElementById('stage');
const canvas = document.getElementById('canvas');
const room = document.getElementById('room');

const HEAD = 30;
const PADDING = 18;
const ROW = 17;
const WIDEST = 260;
const WIDEST_GIVING = 1200;
const SVG = 'http://www.w3.org/2000/svg';
const subjects = new WeakMap(); // element -> what it shows

const ELEMENTS = ['f64', 'f32', 'f16', 'bf16', 'f8e4m3', 'f8e5m2', 'i64', 'i32', 'i16', 'i8', 'u64', 'u32', 'u16', 'u8', 'bool'];
const SUBJECTS_OF_OPERATORS = {
  layer: 'Conv ConvTranspose ConvInteger DeformConv MatMul MatMulInteger Gemm QLinearConv QLinearMatMul Einsum Attention LSTM GRU RNN Gather GatherElements GatherND',
  activation: 'Relu LeakyRelu PRelu Elu Celu Selu Sigmoid HardSigmoid HardSwish Swish Mish Softplus Softsign Tanh Gelu Softmax LogSoftmax Hardmax Clip ThresholdedRelu',
  normalisation: 'BatchNormalization LayerNormalization RMSNormalization InstanceNormalization GroupNormalization LRN LpNormalization MeanVarianceNormalization Dropout',
  pool: 'MaxPool AveragePool LpPool GlobalMaxPool GlobalAveragePool GlobalLpPool ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare ArgMax ArgMin CumSum TopK',
  shape: 'Reshape Transpose Flatten Squeeze Unsqueeze Concat Split Slice Pad Expand Tile Shape Size Identity Resize DepthToSpace SpaceToDepth ScatterND ScatterElements Range ConstantOfShape',
  precision: 'Cast CastLike QuantizeLinear DequantizeLinear DynamicQuantizeLinear BitCast',
  control: 'If Loop Scan SequenceMap',
};
const operators = new Map(Object.entries(SUBJECTS_OF_OPERATORS).flatMap(([k, names]) => names.split(' ').map(n => [n, k])));

const pen = document.createElement('canvas').getContext('2d');
const fonts = { plain: '12px system-ui, sans-serif', strong: '600 12px system-ui, sans-serif', small: '11px ui-monospace, monospace' };
const widths = new Map();

function widthOf(text, font) {
  const key = `${font} ${text}`;
  if (!widths.has(key)) {
    pen.font = fonts[font];
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

// A text of at most so many characters, the middle left out.
function cut(text, most) {
  text = String(text);
  return text.length <= most ? text : `${text.slice(0, most - 9)}…${text.slice(-8)}`;
}

// A name in a box: of a long one with slashes or dots, the last part.
function shortName(name) {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('.')) + 1);
  return name.length > 24 && last && last !== name ? `…${cut(last, 28)}` : cut(name, 34);
}

// An element with a class, a text and what is in it.
function element(tag, name = '', text = '', ...inside) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  made.append(...inside);
  return made;
}

function drawn(tag, attributes, text = '') {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

// --- what is said of values ------------------------------------------------------------------------------------------

function elementClass(name) {
  return ELEMENTS.includes(name) ? `t-${name}` : 't-other';
}

function typeText(value) {
  return value.type || '';
}

function policyText(value) {
  return value.precision || '';
}

function sizeText(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes / 1024, unit = 0;
  while (size >= 1024 && unit < 3) {
    size /= 1024;
    unit += 1;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size).toLocaleString('en')} ${units[unit]}`;
}

function countText(count, what) {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function saidText(key, value) {
  return `${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

const targets = (() => {
  const found = new Set();
  for (const scope of scopes) {
    if (scope.target) found.add(scope.target);
    for (const node of scope.nodes) if (node.target) found.add(node.target);
    for (const value of Object.values(scope.values || NOTHING)) if (value.target) found.add(value.target);
  }
  return [...found];
})();

function targetClass(target) {
  return targets.length > 1 && target ? ` target target-${targets.indexOf(target) % 6}` : '';
}

// --- sizes -----------------------------------------------------------------------------------------------------------

// The rows in a closed box: what it reads that is stored, then what the user says.
function rowsOf(box) {
  if (box.rows) return box.rows;
  box.rows = [];
  if (box.kind === 'node') {
    const stored = taken(box.node).filter(name => isStored(box.scope, name));
    for (const name of stored.slice(0, 4)) {
      const { value } = lookup(box.scope, name);
      const text = value.role === 'constant' && value.content ? value.content : `${shortName(name)}  ${typeText(value)}`;
      box.rows.push({ text: cut(text, 44), kind: `stored ${elementClass(value.element)}`, subject: { kind: 'value', scope: box.scope, name } });
    }
    if (stored.length > 4) box.rows.push({ text: `and ${stored.length - 4} more`, kind: 'faint' });
  } else {
    const { nodes, modules } = counted(box);
    let bytes = 0;
    for (const value of box.parameters.values()) bytes += value.size || 0;
    const parts = [nodes && countText(nodes, 'node'), modules && countText(modules, 'module'), bytes && sizeText(bytes)];
    box.rows.push({ text: parts.filter(Boolean).join(' · '), kind: 'faint' });
  }
  const said = Object.entries(box.user);
  for (const name of box.node ? box.gives : []) {
    for (const entry of Object.entries(lookup(box.scope, name).value.user || NOTHING)) said.push(entry);
  }
  for (const [key, value] of said.slice(0, 3)) box.rows.push({ text: cut(saidText(key, value), 34), kind: 'said' });
  if (said.length > 3) box.rows.push({ text: `and ${said.length - 3} more`, kind: 'said' });
  return box.rows;
}

function headText(box) {
  return cut(box.kind === 'node' ? box.node.op : box.title, 34);
}

function subText(box) {
  if (box.kind === 'node') return shortName(box.gives[0] || box.node.name || '');
  if (box.kind === 'control') return box.node.op === box.title ? '' : box.node.op;
  const label = box.label;
  return label && label !== box.title ? cut(label, 40) : '';
}

function closedSize(box) {
  const arrow = box.hasParts ? 18 : 0;
  const sub = subText(box);
  let width = widthOf(headText(box), 'strong') + arrow;
  width = Math.max(width, sub ? widthOf(sub, 'small') + arrow : 0);
  for (const row of rowsOf(box)) width = Math.max(width, widthOf(row.text, 'small') + 8);
  const height = 10 + ROW * (1 + (sub ? 1 : 0)) + (rowsOf(box).length ? 7 + ROW * rowsOf(box).length : 0);
  return { width: Math.max(64, Math.min(Math.ceil(width) + 30, WIDEST)), height };
}

// --- layout of what is in a box --------------------------------------------------------------------------------------

function pinParts(box) {
  const { ins, free = [], outs } = box.pins;
  const make = (name, rank, kind) => {
    const { value } = lookup(box.inside, name);
    const isHeld = kind === 'out' && isStored(box.inside, name);
    const text = shortName(name) + (isHeld && value.content ? ` = ${cut(value.content, 20)}` : '');
    const type = kind === 'out' ? '' : [typeText(value), policyText(value)].filter(Boolean).join('  ');
    const half = (widthOf(text, 'small') + (type ? widthOf(type, 'small') + 8 : 0)) / 2 + 10;
    return { left: half, right: half, half, height: 20, rank, pin: { name, kind, text, type, element: value.element } };
  };
  return {
    first: [...ins.map(n => make(n, 'first', 'in')), ...free.map(n => make(n, 'first', 'free'))],
    last: outs.map(n => make(n, 'last', 'out')),
  };
}

function layInside(box) {
  const pins = box.kind === 'control' ? { first: [], last: [] } : pinParts(box);
  const inner = box.boxes.map(b => {
    layBox(b);
    const given = b.gives.map(name => labelOf(box.inside, name));
    // Types stand beside lines, which leave side by side.
    const widest = Math.max(0, ...given.map(l => l.width + 14));
    if (given.length > 1) b.width = Math.max(b.width, Math.min((given.length + 1) * widest, WIDEST_GIVING));
    const half = b.width / 2;
    return { left: half, right: Math.max(half, widest), half, height: b.height, box: b };
  });
  const parts = [...pins.first, ...inner, ...pins.last];
  const givers = new Map();
  parts.forEach((part, i) => {
    if (part.rank === 'first') givers.set(part.pin.name, i);
    else if (part.box) for (const name of part.box.gives) givers.set(name, i);
  });
  const links = [];
  parts.forEach((part, i) => {
    const names = part.box ? part.box.takes : part.rank === 'last' ? [part.pin.name] : [];
    for (const name of names) {
      if (givers.has(name) && givers.get(name) !== i) links.push({ from: givers.get(name), to: i, key: name, name });
    }
  });
  const makeTag = link => {
    const text = `↳ ${shortName(link.name)}`, half = widthOf(text, 'small') / 2 + 8;
    return { left: half, right: half, half, height: 18, isTag: true, tag: { name: link.name, text } };
  };
  const plan = parts.length ? arrange(parts, links, makeTag) : { width: 0, height: 0, routes: [], tags: [] };
  box.plan = { ...plan, parts };
}

// What is written beside an edge: the type, and the policy where that is more.
function labelOf(scope, name) {
  const { value } = lookup(scope, name);
  const type = typeText(value), policy = policyText(value);
  return { type, policy, width: Math.max(widthOf(type, 'small'), policy ? widthOf(policy, 'small') : 0) };
}

// Width and height of a box, of all boxes in it first.
function layBox(box) {
  if (!box.isStale && box.width) return;
  if (box.isOpen) {
    layInside(box);
    const head = widthOf(headText(box), 'strong') + widthOf(subText(box), 'small') + 90;
    box.width = Math.max(box.plan.width + 2 * PADDING, head);
    box.height = box.plan.height + HEAD + 2 * PADDING;
  } else {
    Object.assign(box, closedSize(box));
  }
}

// --- elements --------------------------------------------------------------------------------------------------------

function drawBox(box) {
  if (!box.isStale && box.element) return box.element;
  if (!box.parent) layBox(box); // which lays out all that is in it
  const kind = box.kind === 'node' ? `node ${operators.get(box.node.op) || 'other'}` : `module ${box.kind}`;
  const made = box.element || element('div');
  made.className = `box ${kind}${box.isOpen ? ' open' : ''}${targetClass(box.target)}${(box.node || NOTHING).moves ? ' moves' : ''}`;
  made.style.width = `${box.width}px`;
  made.style.height = `${box.height}px`;
  made.replaceChildren(headOf(box), ...(box.isOpen ? insideOf(box) : rowsOf(box).map(rowElement)));
  box.element = made;
  box.isStale = false;
  return made;
}

function headOf(box) {
  const head = element('div', 'head');
  head.tabIndex = 0;
  head.setAttribute('role', 'button');
  if (box.hasParts) {
    head.setAttribute('aria-expanded', String(box.isOpen));
    head.append(element('span', 'arrow', box.isOpen ? '▾' : '▸'));
  }
  head.append(element('span', 'title', headText(box)));
  const sub = subText(box);
  if (sub) head.append(element('span', 'sub', sub));
  subjects.set(head, { kind: 'box', box });
  box.head = head;
  return head;
}

function rowElement(row) {
  const made = element('div', `row ${row.kind}`, row.text);
  if (row.subject) {
    made.tabIndex = 0;
    made.setAttribute('role', 'button');
    subjects.set(made, row.subject);
  }
  return made;
}

function insideOf(box) {
  const { plan } = box;
  const shift = (box.width - 2 * PADDING - plan.width) / 2 + PADDING, top = HEAD + PADDING;
  const svg = drawn('svg', { class: 'edges', width: box.width, height: box.height });
  for (const edge of edgesOf(box, plan, shift, top)) svg.append(edge);
  const found = [svg];
  for (const part of [...plan.parts, ...plan.tags]) {
    const made = part.box ? drawBox(part.box) : part.pin ? pinElement(box, part) : tagElement(box, part);
    const width = part.box ? part.box.width : 2 * part.half;
    made.style.left = `${Math.round(part.x - width / 2 + shift)}px`;
    made.style.top = `${Math.round(part.y + top)}px`;
    if (!part.box) made.style.width = `${Math.ceil(width)}px`;
    found.push(made);
  }
  return found;
}

function pinElement(box, part) {
  const { name, kind, text, type, element: e } = part.pin;
  const made = element('div', `pin ${kind} ${elementClass(e)}`, '', element('span', '', text));
  if (type) made.append(element('span', 'type', type));
  return valueElement(made, box.inside, name);
}

function tagElement(box, part) {
  const { value } = lookup(box.inside, part.tag.name);
  return valueElement(element('div', `tag ${elementClass(value.element)}`, part.tag.text), box.inside, part.tag.name);
}

function valueElement(made, scope, name) {
  made.tabIndex = 0;
  made.setAttribute('role', 'button');
  subjects.set(made, { kind: 'value', scope, name });
  return made;
}

// Lines for each value, with its type where it begins.
function edgesOf(box, plan, dx, dy) {
  const groups = new Map();
  for (const route of plan.routes) {
    const name = route.link.name;
    const key = route.link.tag ? route.link.key : name;
    if (!groups.has(key)) groups.set(key, { name, routes: [] });
    groups.get(key).routes.push(route);
  }
  return [...groups.values()].map(({ name, routes }) => {
    const { value } = lookup(box.inside, name);
    const label = labelOf(box.inside, name);
    const made = drawn('g', { class: `edge ${elementClass(value.element)}`, tabindex: 0, role: 'button', 'aria-label': `${name} ${label.type}` });
    const giver = plan.parts[routes[0].link.from];
    const isLabelled = Boolean(giver && giver.box && !routes[0].link.tag && label.type);
    for (const { points, isBack, link } of routes) {
      const d = path(points.map(([x, y]) => [x + dx, y + dy]), isBack, isLabelled ? (label.policy ? 30 : 18) : 0);
      made.append(drawn('path', { class: 'reach', d }), drawn('path', { class: `line${isBack ? ' back' : ''}${link.tag ? ' short' : ''}`, d, 'marker-end': 'url(#tip)' }));
    }
    if (isLabelled) {
      const [[x0, y0]] = routes[0].points;
      const x = x0 + dx + 6, y = y0 + dy + 14;
      made.append(drawn('text', { x, y }, label.type));
      if (label.policy) made.append(drawn('text', { x, y: y + 13, class: 'policy' }, label.policy));
    }
    subjects.set(made, { kind: 'value', scope: box.inside, name });
    return made;
  });
}

// A line through points, straight down at first, as long as its label is high.
function path(points, isBack, straight) {
  let d = `M${points[0].map(Math.round).join(' ')}`;
  for (let i = 1; i < points.length; i++) {
    let [x0, y0] = points[i - 1];
    const [x, y] = points[i];
    if (i === 1 && !isBack && x !== x0 && y - y0 > straight + 15) {
      y0 += straight;
      d += `L${Math.round(x0)} ${Math.round(y0)}`;
    }
    const bend = isBack ? 60 : Math.min(Math.abs(y - y0) / 2, 60);
    d += x0 === x && !isBack ? `L${Math.round(x)} ${Math.round(y)}`
      : `C${[x0, y0 + bend, x, y - bend, x, y].map(Math.round).join(' ')}`;
  }
  return d;
}

// --- the stage -------------------------------------------------------------------------------------------------------

let scale = 1;

function redraw() {
  const focused = document.activeElement;
  const kept = subjects.get(focused);
  let top = 0, width = 0;
  const elements = roots.map(root => {
    const made = drawBox(root);
    made.style.left = '0px';
    made.style.top = `${top}px`;
    top += root.height + 24;
    width = Math.max(width, root.width);
    return made;
  });
  stage.replaceChildren(markers(), ...elements);
  stage.extent = { width, height: Math.max(0, top - 24) };
  rescale(scale);
  if (kept && kept.box && kept.box.head && focused !== document.activeElement) kept.box.head.focus({ preventScroll: true });
}

// The tips of lines, which take the colour of their line.
function markers() {
  const svg = drawn('svg', { width: 0, height: 0, class: 'markers' });
  const tip = drawn('marker', { id: 'tip', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' });
  tip.append(drawn('path', { d: 'M0 1 L8 4 L0 7 z', fill: 'context-stroke' }));
  svg.append(tip);
  return svg;
}

function rescale(wanted) {
  scale = Math.max(0.1, Math.min(wanted, 3));
  stage.style.transform = `scale(${scale})`;
  // What is narrower than the canvas stands in its middle.
  stage.style.marginLeft = `${Math.max(0, (canvas.clientWidth - 80 - stage.extent.width * scale) / 2)}px`;
  room.style.width = `${stage.extent.width * scale + 80}px`;
  room.style.height = `${stage.extent.height * scale + 80}px`;
  document.getElementById('scale').textContent = `${Math.round(scale * 100)} %`;
}

// Zoom so that what is in the middle, or under the pointer, stays there.
function zoom(wanted, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const before = scale;
  rescale(wanted);
  canvas.scrollLeft = (canvas.scrollLeft + x) * (scale / before) - x;
  canvas.scrollTop = (canvas.scrollTop + y) * (scale / before) - y;
}

function stale(box) {
  for (let b = box; b; b = b.parent) b.isStale = true;
}

// Open or close a box; its head stays where it is on the screen.
function toggle(box, isOpen = !box.isOpen) {
  if (!box.hasParts || box.isOpen === isOpen) return;
  const before = box.head && box.head.isConnected ? box.head.getBoundingClientRect() : null;
  box.isOpen = isOpen;
  stale(box);
  redraw();
  if (before) {
    const after = box.head.getBoundingClientRect();
    canvas.scrollLeft += after.left + after.width / 2 - before.left - before.width / 2;
    canvas.scrollTop += after.top - before.top;
  }
}

// Open all boxes around a box, and bring it into sight.
function reveal(box, isFocused = true) {
  const path = [];
  for (let b = box.parent; b; b = b.parent) path.push(b);
  if (path.some(b => !b.isOpen)) {
    for (const b of path) b.isOpen = true;
    stale(box.parent);
    for (const b of path) b.isStale = true;
    redraw();
  }
  const place = box.head.getBoundingClientRect(), around = canvas.getBoundingClientRect();
  canvas.scrollLeft += place.left + place.width / 2 - around.left - around.width / 2;
  canvas.scrollTop += place.top - around.top - around.height / 3;
  if (isFocused) box.head.focus({ preventScroll: true });
  box.element.classList.remove('flash');
  void box.element.offsetWidth;
  box.element.classList.add('flash');
}
