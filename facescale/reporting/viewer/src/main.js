// Finds the stages of the page, loads a head when it comes into sight, lets it go when it is far away, and draws
// what changed. Other scripts of the page add stages with facescaleViewer.attach and take them off with detach.
import { readHead } from "./head.js";
import { Stage } from "./stage.js";
import { Studio } from "./studio.js";

const KEPT = 16;
const SLOW_S = 0.045;

const stages = new Map();
let studio = null;
let refused = "";
let clock = 0;
let cost = 0;

function start() {
  const options = JSON.parse(document.getElementById("viewer-options").textContent);
  try {
    studio = new Studio(options);
  } catch {
    refused = "This browser gives no WebGL, so heads stand still. Pictures from three sides are shown instead.";
    return;
  }
  const { domElement } = studio.renderer;
  domElement.addEventListener("webglcontextlost", (event) => event.preventDefault());
  domElement.addEventListener("webglcontextrestored", () => stages.forEach((stage) => (stage.dirty = true)));
  requestAnimationFrame(frame);
}

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const stage = stages.get(target);
    if (!stage) continue;
    stage.visible = isIntersecting;
    stage.seen = performance.now();
    if (isIntersecting) load(stage);
  }
}, { rootMargin: "120px" });

async function load(stage) {
  if (stage.state !== "waiting") return;
  stage.state = "loading";
  try {
    const head = await readHead(stage.id);
    if (stage.state !== "loading") return;
    stage.prepared = studio.prepare(head);
    stage.state = "ready";
    stage.dirty = true;
    spare();
  } catch (error) {
    stage.state = "failed";
    say(stage.element, `This head cannot be shown: ${error.message}`);
  }
}

// Buffers of heads that were not seen for the longest are given back.
function spare() {
  const ready = [...stages.values()].filter((stage) => stage.state === "ready" && !stage.visible);
  ready.sort((a, b) => a.seen - b.seen);
  for (const stage of ready.slice(0, Math.max(ready.length - KEPT, 0))) release(stage);
}

function release(stage) {
  if (stage.prepared) studio.dispose(stage.prepared);
  stage.prepared = null;
  stage.state = "waiting";
}

function say(element, text) {
  const note = element.querySelector("[data-note]");
  note.textContent = text;
  note.hidden = false;
}

function frame(now) {
  requestAnimationFrame(frame);
  const passed = Math.min((now - clock) / 1000, 0.1);
  clock = now;
  const ready = [...stages.values()].filter((stage) => stage.visible && stage.state === "ready");
  // A machine without a GPU cannot turn them all: the one under the pointer or with the focus goes on.
  const slow = cost > SLOW_S;
  const began = performance.now();
  let drawn = 0;
  for (const stage of ready) {
    const chosen = stage.element.matches(":hover, :focus-within");
    stage.fit(Math.min(devicePixelRatio || 1, 2));
    if (!stage.advance(slow && !chosen ? 0 : passed)) continue;
    if (slow && !chosen && stage.drawnOnce && performance.now() - began > 1000 * SLOW_S) continue;
    studio.draw(stage.prepared, stage.canvas, { ...stage.view, share: stage.share });
    stage.dirty = false;
    stage.drawnOnce = true;
    stage.element.dataset.drawn = "";
    drawn += 1;
  }
  if (drawn) cost = 0.9 * cost + 0.1 * ((performance.now() - began) / 1000);
}

function attach(element) {
  if (refused) {
    say(element, refused);
    element.dataset.still = "";
    return;
  }
  stages.set(element, new Stage(element));
  observer.observe(element);
}

function detach(element) {
  const stage = stages.get(element);
  if (!stage) return;
  observer.unobserve(element);
  stage.close();
  release(stage);
  stages.delete(element);
  delete element.dataset.drawn;
}

start();
document.querySelectorAll("[data-head]").forEach(attach);
globalThis.facescaleViewer = { attach, detach };
