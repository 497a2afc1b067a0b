// draw.js - draws `lanes`: who holds the lock, who waits, and the last seconds
'use strict';

const LONGEST = 10000, ROW = 36;    // the time line: ms, and CSS pixels
const TAU = 2 * Math.PI;

const stage = $('stage').getContext('2d'), line = $('timeline').getContext('2d');
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const pointer = {x: 0, y: 0, moved: -1e9};
const names = ['one', 'two', 'three', 'four', 'page'];
const colour = {};          // as page.css says, by its names

function readColours() {
    const style = getComputedStyle(document.documentElement);

    for (const name of [...names, 'soft', 'faint', 'line', 'card', 'good', 'bad',
                        'eye', 'pupil'])
        colour[name] = style.getPropertyValue('--' + name).trim();
    lanes.forEach((lane, i) => lane.colour = colour[names[i]]);
}

// As many pixels as the screen has; drawn in those of CSS.
function fit(context) {
    const {canvas} = context, ratio = devicePixelRatio || 1;
    const w = canvas.clientWidth, h = canvas.clientHeight;

    if (canvas.width !== Math.round(w * ratio)
        || canvas.height !== Math.round(h * ratio)) {
        canvas.width = Math.round(w * ratio);
        canvas.height = Math.round(h * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, w, h);
    return {w, h};
}

function write(c, text, x, y, size, fill, align = 'center', weight = 500) {
    c.font = `${weight} ${size}px Inter, system-ui, sans-serif`;
    c.textAlign = align;
    c.textBaseline = 'middle';
    c.fillStyle = fill;
    c.fillText(text, x, y);
}

function box(c, x, y, w, h, r) {
    c.beginPath();
    c.roundRect(x, y, w, h, Math.max(0, Math.min(r, w / 2, h / 2)));
}

function circle(c, x, y, r) {
    c.beginPath();
    c.arc(x, y, r, 0, TAU);
}

// Draw with some strength between 0 and 1.
function faintly(c, alpha, draw) {
    const before = c.globalAlpha;

    c.globalAlpha = before * Math.max(0, Math.min(1, alpha));
    draw();
    c.globalAlpha = before;
}

// >>springs: what is drawn follows where it should be

const spring = (value = 0) => ({value, speed: 0});

// In small steps, so that a late frame does no harm.
function pull(s, target, seconds, stiffness = 190, damping = 23) {
    for (let left = seconds; left > 0; left -= 1 / 60) {
        const step = Math.min(left, 1 / 60);

        s.speed += ((target - s.value) * stiffness - s.speed * damping) * step;
        s.value = calm.matches ? target : s.value + s.speed * step;
    }
}

const bodies = lanes.map(() => ({x: null, y: null, size: spring(1)}));
const shackle = spring(), glow = spring();
let floating = [], ripples = [];

// Called for each event: some are worth a word.
function announce(lane, what) {
    const word = what === TIMED_OUT ? 'timed out'
        : what === CANCELLED ? 'cancelled' : '';

    if (word)
        floating.push({who: lane.who, word, born: performance.now()});
    if (what === HOLDS)
        ripples.push({colour: lane.colour, born: performance.now()});
    if (lane.state === RESTS && word === '')
        shackle.speed = 14;
}

// >>the stage

function places(w, h) {
    const step = Math.min(74, (w - 210) / 4.1);
    const r = Math.min(22, step * 0.37);
    const lock = {x: Math.min(w * 0.7, w - 80), y: h * 0.4};

    return {
        r, step, lock, size: Math.min(112, 60 + r * 2.4),
        queue: i => ({x: lock.x - Math.min(124, 68 + r * 2.2) - i * step, y: lock.y}),
        seat: i => ({x: w * (i + 0.5) / 5, y: h - 58}),
    };
}

function target(lane, p, waiting, t) {
    const at = waiting.indexOf(lane);

    if (lane.state === SPRINTS) {
        const angle = t / 260 + lane.who * TAU / 5;

        return {x: p.lock.x + Math.cos(angle) * p.size * 0.95,
                y: p.lock.y + Math.sin(angle) * p.size * 0.8};
    }
    return lane.state === HOLDS ? p.lock : at >= 0 ? p.queue(at) : p.seat(lane.who);
}

function eyes(c, r, lane, t, look) {
    const asleep = lane.state === ASKS && (lane.who !== PAGE || lane.blocked);
    const blink = (t / 1000 + lane.who * 1.7) % 4.3 < 0.13;

    for (const side of [-1, 1]) {
        const x = side * r * 0.36, y = lane.who === PAGE ? r * 0.2 : -r * 0.04;

        if (asleep || blink) {
            c.beginPath();
            c.arc(x, y - r * 0.02, r * 0.2, 0.15 * Math.PI, 0.85 * Math.PI);
            c.lineWidth = Math.max(1.6, r * 0.1);
            c.lineCap = 'round';
            c.strokeStyle = colour.eye;
            c.stroke();
            continue;
        }
        c.fillStyle = colour.eye;
        circle(c, x, y, r * 0.27);
        c.fill();
        c.fillStyle = colour.pupil;
        circle(c, x + look.x * r * 0.12, y + look.y * r * 0.12, r * 0.135);
        c.fill();
    }
}

// A worker is a ball; the page is a small window.
function body(c, r, lane) {
    c.fillStyle = lane.colour;
    if (lane.who !== PAGE) {
        circle(c, 0, 0, r);
        c.fill();
        return;
    }
    box(c, -r * 1.08, -r * 0.98, r * 2.16, r * 1.96, r * 0.42);
    c.fill();
    for (let i = 0; i < 3; i++)
        faintly(c, 0.75, () => {
            c.fillStyle = colour.eye;
            circle(c, (-0.7 + i * 0.27) * r, -r * 0.64, r * 0.085);
            c.fill();
        });
}

function snore(c, r, t, who) {
    for (let i = 0; i < 2; i++) {
        const phase = (t / 2200 + i / 2 + who * 0.29) % 1;

        faintly(c, Math.sin(phase * Math.PI) * 0.8, () =>
            write(c, 'z', r * (0.55 + phase * 0.5), -r * (0.8 + phase * 0.9),
                  r * (0.42 + phase * 0.25), colour.soft, 'center', 600));
    }
}

function lookOf(lane, at, to, t) {
    const follow = lane.who === PAGE && t - pointer.moved < 2500;
    const idle = {x: at.x + Math.cos(t / 900 + lane.who) * 60,
                  y: at.y + Math.sin(t / 1300 + lane.who) * 20};
    const aim = follow ? pointer : Math.hypot(to.x - at.x, to.y - at.y) > 6 ? to : idle;
    const d = Math.hypot(aim.x - at.x, aim.y - at.y) || 1;

    return {x: (aim.x - at.x) / d, y: (aim.y - at.y) / d};
}

function drawToken(c, lane, p, to, t, seconds) {
    const b = bodies[lane.who];
    const hogs = lane.state === HOLDS && clock() - lane.since > 600;

    b.x ??= spring(to.x);
    b.y ??= spring(to.y);
    pull(b.x, to.x, seconds);
    pull(b.y, to.y, seconds);
    pull(b.size, hogs ? 1.35 : lane.state === HOLDS ? 1.15 : 1, seconds, 120, 14);
    c.save();
    c.translate(b.x.value, b.y.value);
    c.scale(b.size.value, b.size.value);
    body(c, p.r, lane);
    eyes(c, p.r, lane, t, lookOf(lane, {x: b.x.value, y: b.y.value}, to, t));
    if (lane.state === ASKS && (lane.who !== PAGE || lane.blocked))
        snore(c, p.r, t, lane.who);
    c.restore();
}

function drawLock(c, p, holder, t, seconds) {
    const {x, y} = p.lock, s = p.size, tint = holder ? holder.colour : colour.faint;
    const sprinting = lanes.some(lane => lane.state === SPRINTS);

    pull(shackle, holder ? 0 : 1, seconds, 260, 20);
    pull(glow, holder ? 1 : 0, seconds, 90, 18);
    for (const ripple of ripples) {
        const age = (t - ripple.born) / 700;

        faintly(c, (1 - age) * 0.5, () => {
            c.strokeStyle = ripple.colour;
            c.lineWidth = 2.5;
            box(c, x - s / 2 - age * 26, y - s / 2 - age * 26,
                s + age * 52, s + age * 52, s * 0.26 + age * 26);
            c.stroke();
        });
    }
    ripples = ripples.filter(ripple => t - ripple.born < 700);

    c.save();
    c.translate(x, y - s / 2 + 4 - shackle.value * s * 0.13);
    c.strokeStyle = tint;
    c.lineWidth = s * 0.105;
    c.lineCap = 'butt';
    c.beginPath();
    c.moveTo(-s * 0.25, s * 0.1);
    c.lineTo(-s * 0.25, -s * 0.1);
    c.arc(0, -s * 0.1, s * 0.25, Math.PI, 0);
    c.lineTo(s * 0.25, s * 0.1);
    c.stroke();
    c.restore();

    box(c, x - s / 2, y - s / 2, s, s, s * 0.26);
    c.fillStyle = colour.card;
    c.fill();
    faintly(c, 0.06 + 0.12 * glow.value, () => { c.fillStyle = tint; c.fill(); });
    c.strokeStyle = tint;
    c.lineWidth = 3;
    c.stroke();
    if (!holder) {
        c.fillStyle = colour.faint;
        circle(c, x, y - s * 0.06, s * 0.09);
        c.fill();
        box(c, x - s * 0.035, y - s * 0.04, s * 0.07, s * 0.2, s * 0.035);
        c.fill();
    }
    write(c, holder ? ((clock() - holder.since) / 1000).toFixed(1) + ' s'
              : sprinting ? 'sprint' : 'free',
          x, y + s / 2 + 20, 14, tint, 'center', 620);
}

function drawPlaces(c, p, waiting, small) {
    const first = p.queue(0);

    for (let i = 0; i < 4; i++) {
        const q = p.queue(i);

        circle(c, q.x, q.y, p.r * 1.18);
        c.setLineDash([3, 5]);
        c.lineWidth = 1.5;
        c.strokeStyle = colour.line;
        c.stroke();
        c.setLineDash([]);
    }
    write(c, waiting.length === 0 ? 'nobody waits' : `${waiting.length} waiting`,
          first.x + p.r * 1.18, first.y + p.r * 2.2, 13, colour.soft, 'right');
    lanes.forEach((lane, i) => {
        const s = p.seat(i);

        c.beginPath();
        c.ellipse(s.x, s.y + p.r + 5, p.r * 0.95, 3.5, 0, 0, TAU);
        c.fillStyle = colour.line;
        c.fill();
        write(c, small ? lane.name.replace('worker', 'w') : lane.name,
              s.x, s.y + p.r + 23, small ? 11.5 : 12.5, colour.soft);
    });
}

function drawFloating(c, p, t) {
    floating = floating.filter(f => t - f.born < 1500);
    for (const f of floating) {
        const age = (t - f.born) / 1500, b = bodies[f.who];

        if (b.x)
            faintly(c, 1.6 * (1 - age), () =>
                write(c, f.word, b.x.value, b.y.value - p.r * 1.7 - age * 16, 13,
                      f.word === 'timed out' ? colour.bad : colour.soft,
                      'center', 620));
    }
}

function drawStage(t, seconds) {
    const c = stage, {w, h} = fit(c), p = places(w, h);
    const waiting = lanes.filter(lane => lane.state === ASKS)
        .sort((a, b) => a.since - b.since);
    const holder = lanes.find(lane => lane.state === HOLDS);

    drawPlaces(c, p, waiting, w < 560);
    drawLock(c, p, holder, t, seconds);
    for (const lane of lanes)
        drawToken(c, lane, p, target(lane, p, waiting, t), t, seconds);
    drawFloating(c, p, t);
}

// >>the time line

function drawSpan(c, lane, x, y, w, span) {
    c.fillStyle = lane.colour;
    if (span.what === ASKS)
        faintly(c, 0.42, () => { box(c, x, y - 2, w, 4, 2); c.fill(); });
    else if (span.what === HOLDS) {
        box(c, x, y - 11, Math.max(w, 2), 22, 6);
        c.fill();
    } else {
        faintly(c, 0.35, () => { box(c, x, y - 11, Math.max(w, 2), 22, 6); c.fill(); });
        c.save();
        c.clip();
        for (let i = x - 22; i < x + w; i += 5) {
            c.beginPath();
            c.moveTo(i, y + 11);
            c.lineTo(i + 22, y - 11);
            c.lineWidth = 1.6;
            c.strokeStyle = lane.colour;
            c.stroke();
        }
        c.restore();
    }
}

function drawEnd(c, x, y, gaveUp) {
    c.strokeStyle = gaveUp === TIMED_OUT ? colour.bad : colour.soft;
    c.lineWidth = 2.2;
    c.lineCap = 'round';
    c.beginPath();
    c.moveTo(x - 4, y - 4); c.lineTo(x + 4, y + 4);
    c.moveTo(x - 4, y + 4); c.lineTo(x + 4, y - 4);
    c.stroke();
}

function drawHandOver(c, x, from, to) {
    c.strokeStyle = colour.faint;
    c.lineWidth = 1.5;
    c.beginPath();
    c.moveTo(x, from + Math.sign(to - from) * 11);
    c.lineTo(x, to - Math.sign(to - from) * 11);
    c.stroke();
}

function drawLane(c, lane, x, w) {
    const y = lane.who * ROW + ROW / 2;

    for (const span of lane.spans) {
        const begin = Math.max(x(span.begin), -20), end = span.end === null ? w : x(span.end);

        if (end < 0)
            continue;
        drawSpan(c, lane, begin, y, end - begin, span);
        if (span.gaveUp)
            drawEnd(c, end, y, span.gaveUp);
        if (span.what === HOLDS && span.from !== lane.who && begin > 0)
            drawHandOver(c, begin, span.from * ROW + ROW / 2, y);
    }
}

// A tick for each frame. Where there was none for long, the page was frozen.
function drawFrames(c, x, y, h) {
    frames.forEach((frame, i) => {
        const took = i ? frame - frames[i - 1] : 0, at = x(frame);
        const from = x(frame - took);

        if (took > 250) {
            faintly(c, 0.1, () => {
                c.fillStyle = colour.bad;
                c.fillRect(from, 0, at - from, h);
            });
            if (at - from > 90)
                write(c, `frozen for ${(took / 1000).toFixed(1)} s`,
                      (from + at) / 2, y, 12, colour.bad, 'center', 600);
            return;
        }
        c.fillStyle = took > 100 ? colour.bad : colour.good;
        faintly(c, 0.75, () => {
            const tall = Math.min(22, 3 + took * 0.35);

            c.fillRect(at - 0.5, y + 9 - tall, 1, tall);
        });
    });
}

function drawTimeline(now) {
    const c = line, {w, h} = fit(c), shows = w < 420 ? LONGEST / 2 : LONGEST;
    const x = when => w - (now - when) / shows * w;
    const bottom = 6 * ROW;

    for (let s = Math.floor(now / 1000) * 1000; now - s < shows; s -= 1000) {
        c.fillStyle = colour.line;
        c.fillRect(Math.round(x(s)), 4, 1, bottom - 4);
    }
    for (let s = 2; s < shows / 1000; s += 2)
        write(c, `${s} s ago`, x(now - s * 1000), bottom + 14, 11.5, colour.faint);
    write(c, 'now', w - 2, bottom + 14, 11.5, colour.faint, 'right');
    for (const lane of lanes)
        drawLane(c, lane, x, w);
    drawFrames(c, x, 5 * ROW + ROW / 2, bottom);
    c.globalCompositeOperation = 'destination-out';
    const fade = c.createLinearGradient(0, 0, 40, 0);
    fade.addColorStop(0, '#000');
    fade.addColorStop(1, '#0000');
    c.fillStyle = fade;
    c.fillRect(0, 0, 40, h);
    c.globalCompositeOperation = 'source-over';
}

// >>words beside it

const frameRow = {name: 'frames'};

function makeRows() {
    [...lanes, frameRow].forEach((row, i) => {
        const name = document.createElement('div');

        row.tally = document.createElement('div');
        name.className = 'name';
        name.textContent = row.name;
        name.style.setProperty('--colour', `var(--${names[i] || 'good'})`);
        row.tally.className = 'tally';
        name.style.gridRow = row.tally.style.gridRow = i + 1;
        $('lanes').append(name, row.tally);
    });
}

function say(element, text) {
    if (element.textContent !== text)
        element.textContent = text;
}

function drawWords() {
    const recent = frames.filter(f => frames.at(-1) - f < 1000);
    const rate = (recent.length - 1) * 1000 / (recent.at(-1) - recent[0]) || 0;
    const longest = Math.max(0, ...frames.slice(1).map((f, i) => f - frames[i]));

    for (const lane of lanes)
        say(lane.tally, [
            `${lane.turns.toLocaleString('en')} turn${lane.turns === 1 ? '' : 's'}`,
            lane.timedOut ? `${lane.timedOut} timed out` : '',
            lane.cancelled ? `${lane.cancelled} cancelled` : '',
            lane.blocks ? `${lane.blocks} blocked` : '',
        ].filter(Boolean).join(' · '));
    say(frameRow.tally, `longest ${Math.round(longest)} ms`);
    say($('frames').firstElementChild, String(Math.round(rate)));
    $('frames').className = rate < 30 ? 'bad' : '';
    $('cancel').disabled = serve === null || lanes[PAGE].state !== ASKS;
}

// >>frames

const frames = [];

function draw(t) {
    const now = clock(), last = frames.at(-1) || now;
    const seconds = Math.min(1 / 4, (now - last) / 1000);

    frames.push(now);
    while (now - frames[0] > LONGEST)
        frames.shift();
    hear();
    drawStage(t, seconds);
    drawTimeline(now);
    drawWords();
    requestAnimationFrame(draw);
}

function startDrawing() {
    makeRows();
    readColours();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', readColours);
    $('stage').addEventListener('pointermove', event => {
        pointer.x = event.offsetX;
        pointer.y = event.offsetY;
        pointer.moved = performance.now();
    });
    requestAnimationFrame(draw);
}
