// Start: fill the page, and listen.

const MOST_OPENED = 800;
const DEEPEST = 24;
const READABLE = 0.6;

document.getElementById('name').textContent = model.name;
document.getElementById('facts').append(...model.facts.map(([label, text]) => element('span', '', '', element('b', '', label), ` ${text}`)));

// The element with something to say that an event is about.
function spoken(event) {
  for (let e = event.target; e && e !== document; e = e.parentNode) if (subjects.has(e)) return e;
  return null;
}

for (const name of ['mouseover', 'focusin']) {
  document.addEventListener(name, event => {
    const made = spoken(event);
    if (made && !pinned) showSubject(subjects.get(made));
  });
}

let dragged = null;
let hasMoved = false;

canvas.addEventListener('pointerdown', event => {
  if (event.button === 0) dragged = { x: event.clientX, y: event.clientY, left: canvas.scrollLeft, top: canvas.scrollTop };
  hasMoved = false;
});
window.addEventListener('pointermove', event => {
  if (!dragged) return;
  const dx = event.clientX - dragged.x, dy = event.clientY - dragged.y;
  if (!hasMoved && Math.abs(dx) + Math.abs(dy) < 5) return;
  hasMoved = true;
  canvas.classList.add('dragged');
  canvas.scrollLeft = dragged.left - dx;
  canvas.scrollTop = dragged.top - dy;
});
window.addEventListener('pointerup', () => {
  dragged = null;
  canvas.classList.remove('dragged');
});

document.addEventListener('click', event => {
  if (hasMoved && canvas.contains(event.target)) return;
  const made = spoken(event);
  if (!made) {
    if (pinned && canvas.contains(event.target)) pin(pinned);
    return;
  }
  const subject = subjects.get(made);
  if (subject.kind === 'box' && subject.box.hasParts && !event.shiftKey) {
    toggle(subject.box);
    if (!pinned) showSubject(subject);
  } else {
    pin(made);
  }
});

canvas.addEventListener('wheel', event => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const around = canvas.getBoundingClientRect();
  zoom(scale * Math.exp(-event.deltaY / 400), event.clientX - around.left, event.clientY - around.top);
}, { passive: false });

function fit(least = 0) {
  zoom(Math.max(least, Math.min(1, (canvas.clientWidth - 80) / stage.extent.width)));
  canvas.scrollLeft = (room.scrollWidth - canvas.clientWidth) / 2;
  canvas.scrollTop = 0;
}

// Open boxes, outermost first, while there is little to see.
function open(most) {
  let queue = [...roots], count = 0;
  // Functions may call themselves.
  for (let depth = 0; queue.length && count < most && depth < DEEPEST; depth++) {
    const next = [];
    for (const box of queue) {
      if (!box.hasParts || count + box.boxes.length > most) continue;
      count += box.boxes.length;
      box.isOpen = true;
      box.isStale = true;
      stale(box);
      next.push(...box.boxes);
    }
    queue = next;
  }
  redraw();
}

function close(box) {
  box.isOpen = false;
  box.isStale = true;
  for (const inner of box.parts || []) close(inner);
}

const THEMES = ['auto', 'light', 'dark'];
const buttons = {
  collapse: () => {
    roots.forEach(close);
    open(1 + roots.length);
    if (!roots.some(r => r.isOpen)) toggle(roots[0], true);
    fit(READABLE);
  },
  expand: () => open(MOST_OPENED),
  smaller: () => zoom(scale / 1.25),
  larger: () => zoom(scale * 1.25),
  scale: () => zoom(1),
  fit: () => fit(),
  theme: () => {
    const button = document.getElementById('theme');
    const next = THEMES[(THEMES.indexOf(button.textContent) + 1) % THEMES.length];
    button.textContent = next;
    document.documentElement.dataset.theme = next;
  },
};
for (const [id, action] of Object.entries(buttons)) document.getElementById(id).addEventListener('click', action);

// The box that an edge of the focused one leads to.
function follow(box, isUp) {
  if (!box.parent) return null;
  const boxes = box.parent.boxes;
  const names = isUp ? box.takes : box.gives;
  return boxes.find(b => b !== box && (isUp ? b.gives : b.takes).some(name => names.includes(name)));
}

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isWriting = event.target === search;
  if (event.key === 'Escape') {
    if (isWriting) {
      search.value = '';
      find();
    }
    if (pinned) pin(pinned);
    return;
  }
  if (isWriting) {
    if (event.key === 'Enter' && found.querySelector('button')) found.querySelector('button').click();
    return;
  }
  const made = spoken(event), subject = made && subjects.get(made);
  const keys = { '/': () => search.focus(), '+': buttons.larger, '=': buttons.larger, '-': buttons.smaller, 0: buttons.scale, f: buttons.fit };
  if (subject) {
    const box = subject.box;
    const act = () => (box && box.hasParts ? toggle(box) : pin(made));
    const go = isUp => () => {
      const next = box && follow(box, isUp);
      if (next) reveal(next);
    };
    Object.assign(keys, { Enter: act, ' ': act, p: () => pin(made), ArrowUp: go(true), ArrowDown: go(false) });
  }
  const isPressed = event.target.tagName === 'BUTTON' && (event.key === 'Enter' || event.key === ' ');
  if (keys[event.key] && !isPressed) {
    event.preventDefault();
    keys[event.key]();
  }
});

search.addEventListener('input', find);

const tree = roots.map(moduleEntry);
document.getElementById('modules').append(...tree);
tree.forEach(item => item.open && item.open());
const { rows, total } = parameterRows();
document.getElementById('weighed').textContent = rows.length ? `${rows.length.toLocaleString('en')}, ${sizeText(total)}` : 'none';
document.getElementById('weights').addEventListener('toggle', () => {
  const place = document.getElementById('parameters');
  if (!place.children.length) place.append(...rows);
});
document.getElementById('legend').append(...legend());
showSubject({ kind: 'box', box: roots[0] });
open(24);
if (!roots[0].isOpen) toggle(roots[0], true);
fit(READABLE);
