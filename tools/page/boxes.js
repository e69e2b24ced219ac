// Boxes: what is drawn of a model, nested. A box is a graph, a call of a function, a module, a node with graphs in it,
// one of these graphs, or a plain node. Boxes in a box are made when somebody looks into it: functions may be called
// from many places, and by themselves.

const model = JSON.parse(document.getElementById('model').textContent);
const scopes = model.scopes;
const NOTHING = Object.freeze({});
// A box with more parts than this is shown by stretches of its parts.
const MOST_PARTS = 80;
const STRETCH = 40;

// What a name means in a scope, or in those around it, with the number of the scope that says it.
function lookup(number, name) {
  for (let n = number; n !== undefined; n = scopes[n].parent) {
    const values = scopes[n].values;
    if (values && Object.hasOwn(values, name)) return { scope: n, value: values[name] };
    if (givers(n).has(name)) return { scope: n, value: NOTHING };
  }
  return { scope: number, value: NOTHING };
}

// By name: the number of the node that gives a value. Made once for each scope.
function givers(number) {
  const scope = scopes[number];
  if (!scope.givers) {
    scope.givers = new Map();
    scope.takers = new Map();
    scope.nodes.forEach((node, i) => {
      for (const name of node.outputs || []) if (name) scope.givers.set(name, i);
      for (const name of taken(node)) {
        if (!scope.takers.has(name)) scope.takers.set(name, []);
        scope.takers.get(name).push(i);
      }
    });
  }
  return scope.givers;
}

function takers(number, name) {
  givers(number);
  return scopes[number].takers.get(name) || [];
}

// The values that a node needs, those that graphs in it take from around it included.
function taken(node) {
  return [...new Set([...(node.inputs || []), ...(node.captured || [])])].filter(Boolean);
}

// Whether a value is shown in the nodes that read it, and not as an edge.
function isStored(number, name) {
  const role = lookup(number, name).value.role;
  return role === 'parameter' || role === 'constant';
}

class Box {
  constructor(parent, kind, scope, subject) {
    this.parent = parent;
    this.kind = kind; // graph, call, module, stretch, control, body, node
    this.scope = scope; // the number of the scope that its node, or its items, are in
    this.node = subject.node; // of a call, a control or a node
    this.number = subject.number;
    this.inner = subject.inner; // the number of the scope that is inside it
    this.group = subject.group || NOTHING;
    this.items = subject.items;
    this.name = subject.name;
    this.isOpen = false;
    this.parts = null;
    this.isStale = true; // the layout of what is in it
  }

  get hasParts() {
    return this.kind === 'control' || (this.items !== undefined && this.items.length > 0);
  }

  // The boxes in it.
  get boxes() {
    if (this.parts) return this.parts;
    if (this.kind === 'control') {
      this.parts = this.node.bodies.map(([name, inner]) =>
        new Box(this, 'body', inner, { inner, items: scopes[inner].items, name }));
    } else {
      const number = this.inside;
      const items = this.items.length > MOST_PARTS ? stretches(besideReaders(number, this.items)) : this.items;
      this.parts = items.map(item => (typeof item === 'number' ? ofNode : ofGroup)(this, number, item));
    }
    return this.parts;
  }

  // The number of the scope in which names in it mean something.
  get inside() {
    return this.inner === undefined ? this.scope : this.inner;
  }

  // The numbers of the nodes of a module, in its scope.
  get nodes() {
    if (!this.members) {
      this.members = new Set();
      const add = items => items.forEach(i => (typeof i === 'number' ? this.members.add(i) : add(i.items)));
      add(this.items);
    }
    return this.members;
  }

  // The names of the values that it takes from around it, in the words of the box that it is in.
  get takes() {
    if (this.node) return taken(this.node).filter(name => !isStored(this.scope, name));
    if (this.inner !== undefined) return [];
    if (!this.taken) {
      const made = new Set(), read = new Set();
      const nodes = scopes[this.scope].nodes;
      for (const i of this.nodes) {
        for (const name of taken(nodes[i])) read.add(name);
        for (const name of nodes[i].outputs || []) made.add(name);
      }
      this.taken = [...read].filter(name => !made.has(name) && !isStored(this.scope, name));
    }
    return this.taken;
  }

  // The names of the values that it gives.
  get gives() {
    if (this.node) return (this.node.outputs || []).filter(Boolean);
    if (this.inner !== undefined) return [];
    if (!this.given) {
      const scope = scopes[this.scope];
      const wanted = name => (scope.outputs || []).includes(name) ||
        takers(this.scope, name).some(i => !this.nodes.has(i));
      this.given = [...this.nodes].flatMap(i => scope.nodes[i].outputs || []).filter(name => name && wanted(name));
    }
    return this.given;
  }

  // The names, inside it, of what comes in and what goes out.
  get pins() {
    if (this.inner === undefined) return { ins: this.takes, outs: this.gives };
    const scope = scopes[this.inner];
    const ins = (scope.inputs || []).filter(name => !isStored(this.inner, name));
    if (scope.kind === 'body') {
      const own = new Set(scope.inputs || []);
      const free = new Set();
      scope.nodes.forEach(node => taken(node).forEach(name => {
        if (!own.has(name) && !givers(this.inner).has(name) && !isStored(this.inner, name)) free.add(name);
      }));
      for (const name of scope.outputs || []) {
        if (!own.has(name) && !givers(this.inner).has(name) && !isStored(this.inner, name)) free.add(name);
      }
      return { ins, free: [...free], outs: scope.outputs || [] };
    }
    return { ins, outs: scope.outputs || [] };
  }

  // What is said of it: of a call, of the function as well.
  get said() {
    if (this.node) {
      const callee = this.inner === undefined ? NOTHING : scopes[this.inner];
      return { said: this.node, callee };
    }
    return { said: this.inner === undefined ? this.group : scopes[this.inner], callee: NOTHING };
  }

  get title() {
    if (this.name) return this.name;
    return this.kind === 'call' ? this.node.path || this.node.name || this.node.op : (this.node || NOTHING).op || '?';
  }

  // Its class: of a module, a function, a node with graphs in it.
  get label() {
    if (this.kind === 'call') return scopes[this.inner].label || scopes[this.inner].name;
    if (this.kind === 'graph') return scopes[this.inner].label || '';
    return this.kind === 'module' ? this.group.kind || '' : '';
  }

  get location() {
    const { said, callee } = this.said;
    return said.location || callee.location || '';
  }

  get target() {
    const { said, callee } = this.said;
    return callee.target || said.target || '';
  }

  // What the user says of it, by name.
  get user() {
    const { said, callee } = this.said;
    const found = Object.create(null);
    for (const [key, value] of Object.entries({ ...(callee.user || {}), ...(said.user || {}) })) {
      if (!key.includes('@')) found[key.replace(/^module\./, '')] = value;
    }
    // What the modules around it say of it: `kind@path`.
    const around = this.parent && this.kind === 'call' && scopes[this.scope].user;
    for (const [key, value] of Object.entries(around || {})) {
      const [name, path] = key.replace(/^module\./, '').split('@');
      if (path !== undefined && path === this.node.path && !(name in found)) found[name] = value;
    }
    return found;
  }

  // The parameters in it: those that nodes of it read, or that its function takes or holds.
  get parameters() {
    const isParameter = ([, value]) => value.role === 'parameter';
    if (this.inner !== undefined) return new Map(Object.entries(scopes[this.inner].values || NOTHING).filter(isParameter));
    const nodes = this.node ? [this.node] : [...this.nodes].map(i => scopes[this.scope].nodes[i]);
    return new Map(nodes.flatMap(taken).map(name => [name, lookup(this.scope, name).value]).filter(isParameter));
  }
}

function ofNode(parent, scope, number) {
  const node = scopes[scope].nodes[number];
  if (node.calls !== undefined) {
    return new Box(parent, 'call', scope, { node, number, inner: node.calls, items: scopes[node.calls].items });
  }
  return new Box(parent, node.bodies ? 'control' : 'node', scope, { node, number });
}

function ofGroup(parent, scope, group) {
  const kind = group.isStretch ? 'stretch' : 'module';
  return new Box(parent, kind, scope, { group, items: group.items, name: group.name });
}

// Items of a scope in an order in which what needs no other value stands just before what reads it first.
function besideReaders(number, items) {
  const at = new Map();
  const note = (item, i) => (typeof item === 'number' ? at.set(item, i) : item.items.forEach(inner => note(inner, i)));
  items.forEach(note);
  const wish = items.map((item, i) => {
    const node = scopes[number].nodes[item];
    if (!node || taken(node).some(name => !isStored(number, name))) return i;
    const readers = (node.outputs || []).flatMap(name => takers(number, name)).filter(n => at.has(n)).map(n => at.get(n));
    return readers.length ? Math.max(i, Math.min(...readers) - 0.5) : i;
  });
  return items.map((_, i) => i).sort((a, b) => wish[a] - wish[b] || a - b).map(i => items[i]);
}

// A long list in stretches of about the same length.
function stretches(items) {
  const count = Math.ceil(items.length / STRETCH), length = Math.ceil(items.length / count);
  const found = [];
  for (let i = 0; i < items.length; i += length) {
    const part = items.slice(i, i + length);
    found.push({ name: `${i + 1} – ${i + part.length} of ${items.length}`, items: part, isStretch: true });
  }
  return found;
}

// How scopes are reached: by number, the scope and the node that a scope is called from first.
const callers = (() => {
  const found = new Map([[0, null]]);
  const queue = [0];
  for (let q = 0; q < queue.length; q++) {
    scopes[queue[q]].nodes.forEach((node, number) => {
      const inner = [...(node.calls === undefined ? [] : [node.calls]), ...(node.bodies || []).map(b => b[1])];
      for (const n of inner) {
        if (!found.has(n)) {
          found.set(n, { scope: queue[q], number });
          queue.push(n);
        }
      }
    });
    // Functions that nothing calls, and further models, are looked at for themselves.
    if (q === queue.length - 1) {
      const next = scopes.findIndex((s, n) => s.kind !== 'body' && !found.has(n));
      if (next >= 0) {
        found.set(next, null);
        queue.push(next);
      }
    }
  }
  return found;
})();

// The outermost boxes: the main graph, and functions that nothing calls.
const roots = scopes.flatMap((scope, n) => callers.get(n) === null
  ? [new Box(null, 'graph', n, { inner: n, items: scope.items, name: scope.name })] : []);

// The box in which a scope is shown first.
function boxOfScope(number) {
  const caller = callers.get(number);
  if (caller === undefined) return null;
  if (caller === null) return roots.find(r => r.inner === number);
  const box = boxOfNode(caller.scope, caller.number);
  return box && box.kind === 'control' ? box.boxes.find(b => b.inner === number) : box;
}

// The box of a node of a scope, where this is shown first.
function boxOfNode(number, node) {
  let box = boxOfScope(number);
  while (box) {
    const found = box.boxes.find(b => (b.node ? b.number === node : b.nodes.has(node)));
    if (!found || found.node) return found;
    box = found;
  }
  return null;
}

// How many nodes and modules are in a box, those in functions that are called not counted.
function counted(box) {
  let nodes = 0, modules = 0;
  const count = items => items.forEach(i => {
    if (typeof i === 'number') nodes += 1;
    else {
      modules += 1;
      count(i.items);
    }
  });
  if (box.kind === 'control') {
    for (const [, inner] of box.node.bodies) count(scopes[inner].items);
  } else {
    count(box.items);
  }
  return { nodes, modules };
}
