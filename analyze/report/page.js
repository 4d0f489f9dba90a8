// Hover values, zoom and toggles for the pictures of a report. Each figure carries its plot as JSON; the drawing itself
// was made by the program, so a page without script shows the same pictures.
'use strict';

const share = (axis, v) => axis.scale === 'logarithmic'
  ? Math.log(v / axis.min) / Math.log(axis.max / axis.min) : (v - axis.min) / (axis.max - axis.min);
const value = (axis, s) => axis.scale === 'logarithmic'
  ? axis.min * Math.pow(axis.max / axis.min, s) : axis.min + s * (axis.max - axis.min);
const short = v => v === null ? 'none' : Number(v.toPrecision(4)).toString();
const svgElement = (name, attributes) => {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  return e;
};

function nearest(xs, x) {
  let lo = 0, hi = xs.length - 1;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (xs[mid] < x) lo = mid; else hi = mid;
  }
  return Math.abs(xs[lo] - x) <= Math.abs(xs[hi] - x) ? lo : hi;
}

// Round ticks between two values of a zoomed axis.
function ticksBetween(lo, hi) {
  const rough = (hi - lo) / 6, decade = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [5, 2, 1].map(d => d * decade).find(s => s <= rough) || decade;
  const ticks = [];
  for (let k = Math.ceil(lo / step); k * step <= hi; k++) ticks.push(Number((k * step).toPrecision(6)));
  return ticks;
}

class Picture {
  constructor(figure) {
    this.svg = figure.querySelector('svg');
    this.plot = JSON.parse(figure.querySelector('script').textContent);
    this.values = figure.querySelector('.values');
    [this.left, this.top, this.width, this.height] = this.svg.dataset.frame.split(' ').map(Number);
    this.data = this.svg.querySelector('.data');
    this.groups = [...this.data.children];
    this.gridTicks = [...this.svg.querySelectorAll('.grid text.x:not(.label)')];
    this.from = 0;
    this.to = 1;
    this.at = null;
    this.cursor = svgElement('line', { class: 'cursor', y1: this.top, y2: this.top + this.height, visibility: 'hidden' });
    this.svg.append(this.cursor);
    this.svg.setAttribute('tabindex', '0');
    this.connect(figure);
  }

  connect(figure) {
    figure.querySelectorAll('[data-series]').forEach(button => button.addEventListener('click', () => {
      const on = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(on));
      this.groups[Number(button.dataset.series)].style.display = on ? '' : 'none';
    }));
    figure.querySelector('[data-action=reset]').addEventListener('click', () => this.zoom(0, 1));
    figure.querySelectorAll('[data-save]').forEach(b => b.addEventListener('click', () => this.save(b.dataset.save)));
    this.svg.addEventListener('pointermove', e => this.move(e));
    this.svg.addEventListener('pointerdown', e => { this.dragFrom = this.shareAt(e); });
    this.svg.addEventListener('pointerup', e => this.release(e));
    this.svg.addEventListener('pointerleave', () => this.leave());
    this.svg.addEventListener('dblclick', () => this.zoom(0, 1));
    this.svg.addEventListener('keydown', e => this.key(e));
  }

  // Position in the unzoomed frame, 0 to 1.
  shareAt(event) {
    const box = this.svg.getBoundingClientRect();
    const x = (event.clientX - box.left) * this.svg.viewBox.baseVal.width / box.width;
    const s = Math.min(1, Math.max(0, (x - this.left) / this.width));
    return this.from + s * (this.to - this.from);
  }

  xOf(s) { return this.left + this.width * (s - this.from) / (this.to - this.from); }

  move(event) {
    const s = this.shareAt(event);
    this.show(s);
    if (this.dragFrom === undefined) return;
    if (!this.band) {
      this.band = svgElement('rect', { class: 'zoom', y: this.top, height: this.height });
      this.svg.append(this.band);
    }
    const a = this.xOf(Math.min(s, this.dragFrom)), b = this.xOf(Math.max(s, this.dragFrom));
    this.band.setAttribute('x', a);
    this.band.setAttribute('width', b - a);
  }

  release(event) {
    const a = this.dragFrom, b = this.shareAt(event);
    this.leave();
    if (a !== undefined && Math.abs(b - a) > 0.02 * (this.to - this.from)) this.zoom(Math.min(a, b), Math.max(a, b));
  }

  leave() {
    this.dragFrom = undefined;
    if (this.band) this.band.remove();
    this.band = null;
  }

  key(event) {
    const width = this.to - this.from, middle = this.at === null ? (this.from + this.to) / 2 : this.at;
    const actions = {
      ArrowRight: () => this.show(Math.min(this.to, middle + width / 60)),
      ArrowLeft: () => this.show(Math.max(this.from, middle - width / 60)),
      '+': () => this.zoom(Math.max(0, middle - width / 4), Math.min(1, middle + width / 4)),
      '-': () => this.zoom(Math.max(0, middle - width), Math.min(1, middle + width)),
      Escape: () => this.zoom(0, 1),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  show(s) {
    this.at = s;
    const x = value(this.plot.x, s);
    this.cursor.setAttribute('x1', this.xOf(s));
    this.cursor.setAttribute('x2', this.xOf(s));
    this.cursor.setAttribute('visibility', 'visible');
    const parts = this.plot.series
      .filter((series, i) => series.x.length && this.groups[i].style.display !== 'none')
      .map(series => `${series.name} ${short(series.y[nearest(series.x, x)])}`);
    this.values.textContent = `${short(x)} (${this.plot.x.label}): ${parts.join(', ')} (${this.plot.y.label})`;
  }

  zoom(from, to) {
    this.from = from;
    this.to = to;
    const k = 1 / (to - from);
    this.data.setAttribute('transform', `translate(${this.left - k * (this.left + from * this.width)} 0) scale(${k} 1)`);
    this.cursor.setAttribute('visibility', 'hidden');
    this.drawTicks();
  }

  drawTicks() {
    const whole = this.from === 0 && this.to === 1, axis = this.plot.x;
    const lo = value(axis, this.from), hi = value(axis, this.to);
    const marks = whole ? axis.ticks : ticksBetween(lo, hi).map(v => ({ value: v, label: String(v) }));
    const grid = this.svg.querySelector('.grid');
    this.gridTicks.forEach(text => { text.previousElementSibling.remove(); text.remove(); });
    this.gridTicks = marks.map(mark => {
      const x = this.xOf(share(axis, mark.value));
      const text = svgElement('text', { class: 'x', x, y: this.top + this.height + 16 });
      text.textContent = mark.label;
      grid.append(svgElement('line', { x1: x, x2: x, y1: this.top, y2: this.top + this.height }), text);
      return text;
    });
  }

  save(kind) {
    const text = kind === 'json' ? JSON.stringify(this.plot, null, 1) : this.csv();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: kind === 'json' ? 'application/json' : 'text/csv' }));
    link.download = `${this.svg.id}.${kind}`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  csv() {
    const rows = ['series,x,y'];
    for (const s of this.plot.series) {
      const name = `"${s.name.replaceAll('"', '""')}"`;
      s.x.forEach((x, i) => rows.push(`${name},${x},${s.y[i] === null ? '' : s.y[i]}`));
    }
    return rows.join('\n') + '\n';
  }
}

document.querySelectorAll('figure.plot').forEach(figure => new Picture(figure));

// One player at a time; a switch goes on where the other one was, so that the same moment is compared.
const players = [...document.querySelectorAll('audio')];
players.forEach(player => player.addEventListener('play', () => players.forEach(other => {
  if (other === player || other.paused) return;
  player.currentTime = Math.min(other.currentTime, player.duration || other.currentTime);
  other.pause();
})));
