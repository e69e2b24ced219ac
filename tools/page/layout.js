// Layout: places for the parts of one box, in layers from what comes in to what goes out.
//
// Parts are given in an order in which what gives a value mostly stands before what takes it. A link that goes back is
// drawn, but moves nothing. A value that is read far below is not drawn through all layers between: a tag with its name
// stands where it is read.

const GAP_ACROSS = 26;
const GAP_BETWEEN = 58;
const FAR = 14;
const SWEEPS = 8;

// Places: `parts` have left, right (of their middle) and height, and `rank` 'first' or 'last' if they have to be there;
// `links` are {from, to, key}, numbers of parts and what tells values apart. Gives every part x (of its middle) and y,
// and {width, height, routes: [{link, points}], tags}.
function arrange(parts, links, makeTag) {
  const count = parts.length;
  const forth = links.filter(l => l.from < l.to);
  const ranks = ranked(parts, forth);
  const near = [], tags = [];
  for (const link of forth) {
    if (ranks[link.to] - ranks[link.from] <= FAR) {
      near.push(link);
      continue;
    }
    const tag = makeTag(link);
    tag.index = parts.length + tags.length;
    ranks.push(ranks[link.to] - 1);
    tags.push(tag);
    near.push({ from: tag.index, to: link.to, key: `tag ${tag.index}`, tag, name: link.name });
  }
  const cells = [...parts, ...tags];
  const { chains, segments } = chained(cells, near, ranks);
  const layers = [];
  cells.forEach((cell, i) => (layers[ranks[i]] ||= []).push(i));
  for (let r = 0; r < layers.length; r++) layers[r] ||= [];
  const { before, after } = neighbours(cells.length, segments);
  order(layers, before, after);
  place(cells, layers, before, after);
  return measured(cells, layers, ranks, near, chains, links.filter(l => l.from >= l.to), count, tags);
}

// The layer of each part: one below the last of those that it needs; what needs nothing is just above what needs it.
function ranked(parts, links) {
  const hasFirst = parts.some(p => p.rank === 'first');
  const ranks = parts.map(p => (p.rank === 'first' ? 0 : hasFirst ? 1 : 0));
  const into = parts.map(() => []), out = parts.map(() => []);
  for (const link of links) {
    into[link.to].push(link);
    out[link.from].push(link);
  }
  parts.forEach((part, i) => {
    if (part.rank !== 'first') for (const link of into[i]) ranks[i] = Math.max(ranks[i], ranks[link.from] + 1);
  });
  for (let i = parts.length - 1; i >= 0; i--) {
    if (!into[i].length && !parts[i].rank && out[i].length) {
      ranks[i] = Math.max(ranks[i], Math.min(...out[i].map(l => ranks[l.to])) - 1);
    }
  }
  const last = Math.max(0, ...parts.map((p, i) => (p.rank === 'last' ? ranks[i] : ranks[i] + 1)));
  parts.forEach((part, i) => {
    if (part.rank === 'last') ranks[i] = last;
  });
  return ranks;
}

// Cells without extent where values pass layers: one chain for each value, however many read it.
function chained(cells, links, ranks) {
  const chains = new Map(), segments = [];
  for (const link of links) {
    const key = `${link.from} ${link.key}`;
    if (!chains.has(key)) chains.set(key, []);
    const chain = chains.get(key);
    let above = link.from;
    for (let r = ranks[link.from] + 1, step = 0; r < ranks[link.to]; r++, step++) {
      if (step === chain.length) {
        chain.push(cells.length);
        cells.push({ left: 5, right: 5, height: 0, isPassing: true });
        ranks.push(r);
        segments.push([above, chain[step]]);
      }
      above = chain[step];
    }
    segments.push([above, link.to]);
  }
  return { chains, segments };
}

function neighbours(count, segments) {
  const before = Array.from({ length: count }, () => []), after = Array.from({ length: count }, () => []);
  for (const [a, b] of segments) {
    after[a].push(b);
    before[b].push(a);
  }
  return { before, after };
}

// Order the cells of each layer by the middle of their neighbours, down and up.
function order(layers, before, after) {
  const at = [];
  const number = layer => layer.forEach((cell, i) => (at[cell] = i));
  layers.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    const next = isDown ? before : after;
    for (let k = 1; k < layers.length; k++) {
      const layer = layers[isDown ? k : layers.length - 1 - k];
      const wish = new Map(layer.map(cell => [cell,
        next[cell].length ? next[cell].reduce((sum, n) => sum + at[n], 0) / next[cell].length : at[cell]]));
      layer.sort((a, b) => wish.get(a) - wish.get(b) || at[a] - at[b]);
      number(layer);
    }
  }
}

// Give every cell its x: as near to the middle of its neighbours as its layer allows.
function place(cells, layers, before, after) {
  for (const layer of layers) {
    let x = 0;
    for (const i of layer) {
      cells[i].x = x + cells[i].left;
      x += cells[i].left + cells[i].right + GAP_ACROSS;
    }
    const width = x / 2;
    for (const i of layer) cells[i].x -= width;
  }
  const weight = i => (cells[i].isPassing ? 6 : 1);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    for (let k = 0; k < layers.length; k++) {
      const layer = layers[isDown ? k : layers.length - 1 - k];
      const wishes = layer.map(i => {
        const near = isDown ? before[i] : after[i];
        if (!near.length) return cells[i].x;
        let sum = 0, total = 0;
        for (const n of near) {
          const w = cells[i].isPassing && cells[n].isPassing ? 8 : 1;
          sum += w * cells[n].x;
          total += w;
        }
        return sum / total;
      });
      settle(layer.map(i => cells[i]), wishes, layer.map(weight));
    }
  }
}

// The places nearest to the wishes, in squares, at which cells in a row do not touch.
function settle(row, wishes, weights) {
  const offsets = [];
  row.forEach((cell, i) => {
    offsets.push(i ? offsets[i - 1] + row[i - 1].right + cell.left + GAP_ACROSS : 0);
  });
  const blocks = []; // {mean, weight, count}: neighbours that share a wish
  wishes.forEach((wish, i) => {
    let block = { mean: wish - offsets[i], weight: weights[i], count: 1 };
    while (blocks.length && blocks[blocks.length - 1].mean > block.mean) {
      const last = blocks.pop();
      const weight = last.weight + block.weight;
      block = { mean: (last.mean * last.weight + block.mean * block.weight) / weight, weight, count: last.count + block.count };
    }
    blocks.push(block);
  });
  let i = 0;
  for (const block of blocks) {
    for (let n = 0; n < block.count; n++, i++) row[i].x = block.mean + offsets[i];
  }
}

// Heights of layers, the extent of all, and the points through which links go.
function measured(cells, layers, ranks, near, chains, back, count, tags) {
  const left = Math.min(...cells.map(c => c.x - c.left)), right = Math.max(...cells.map(c => c.x + c.right));
  const tops = [], heights = layers.map(layer => Math.max(0, ...layer.map(i => cells[i].height)));
  let y = 0;
  layers.forEach((_, r) => {
    tops.push(y);
    y += heights[r] + GAP_BETWEEN;
  });
  cells.forEach((cell, i) => {
    cell.x -= left;
    cell.y = tops[ranks[i]] + (cell.rank === 'last' ? 0 : cell.isTag ? heights[ranks[i]] - cell.height : 0);
  });
  ports(cells, near, back);
  const routes = near.map(link => {
    const from = cells[link.from], to = cells[link.to];
    const points = [[link.out, from.y + from.height]];
    if (heights[ranks[link.from]] > from.height + 1) points.push([link.out, tops[ranks[link.from]] + heights[ranks[link.from]]]);
    const chain = chains.get(`${link.from} ${link.key}`).slice(0, Math.max(0, ranks[link.to] - ranks[link.from] - 1));
    for (const i of chain) {
      points.push([cells[i].x, tops[ranks[i]]], [cells[i].x, tops[ranks[i]] + heights[ranks[i]]]);
    }
    points.push([link.in, to.y]);
    return { link, points };
  });
  for (const link of back) {
    const from = cells[link.from], to = cells[link.to];
    routes.push({ link, isBack: true, points: [[link.out, from.y + from.height], [link.in, to.y]] });
  }
  return { width: right - left, height: Math.max(0, y - GAP_BETWEEN), routes, tags };
}

// Where links leave and reach cells: side by side, in the order of where they come from.
function ports(cells, near, back) {
  const into = new Map(), out = new Map();
  const add = (map, i, key, link) => {
    if (!map.has(i)) map.set(i, new Map());
    if (!map.get(i).has(key)) map.get(i).set(key, []);
    map.get(i).get(key).push(link);
  };
  for (const link of [...near, ...back]) {
    add(out, link.from, link.key, link);
    add(into, link.to, link.key, link);
  }
  const spread = (map, field, other) => map.forEach((keys, i) => {
    const cell = cells[i], half = Math.min(cell.half || cell.left, cell.left);
    const sorted = [...keys.values()].sort((a, b) => cells[other(a[0])].x - cells[other(b[0])].x);
    sorted.forEach((links, n) => {
      const x = cell.x - half + (2 * half * (n + 1)) / (sorted.length + 1);
      for (const link of links) link[field] = x;
    });
  });
  spread(into, 'in', l => l.from);
  spread(out, 'out', l => l.to);
}
