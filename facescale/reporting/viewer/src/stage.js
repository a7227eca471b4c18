// One turning head on the page: its pointer, wheel and keys, its slider, and what of it must be drawn anew.

const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const SWEEP = 1.15;
const PERIOD_S = 11;
const REST = { yaw: 0.42, pitch: 0.06, zoom: 1 };
const TURN = 0.14;
const MOST = 1.35;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export class Stage {
  // element: holds <canvas>, and where it has them [data-share] and [data-turn].
  constructor(element) {
    this.element = element;
    this.id = element.dataset.head;
    this.canvas = element.querySelector("canvas");
    this.slider = element.querySelector("[data-share]");
    this.button = element.querySelector("[data-turn]");
    this.view = { ...REST };
    this.visible = false;
    this.dirty = true;
    this.turning = !STILL.matches;
    this.phase = Math.asin(REST.yaw / SWEEP);
    this.state = "waiting";
    this.listening = new AbortController();
    this.#listen();
    this.#say();
  }

  get share() {
    return this.slider ? Number(this.slider.value) / 100 : 1;
  }

  // Lets the turntable run on by some seconds; true where the picture changed.
  advance(seconds) {
    if (this.turning && !this.held) {
      this.phase += (2 * Math.PI * seconds) / PERIOD_S;
      this.view.yaw = SWEEP * Math.sin(this.phase);
      this.dirty = true;
    }
    return this.dirty;
  }

  fit(ratio) {
    const side = Math.max(Math.round(this.canvas.clientWidth * ratio), 1);
    if (this.canvas.width === side) return;
    this.canvas.width = this.canvas.height = side;
    this.dirty = true;
  }

  close() {
    this.listening.abort();
  }

  #turn(yaw, pitch) {
    this.#halt();
    this.view.yaw += yaw;
    this.view.pitch = clamp(this.view.pitch + pitch, -MOST, MOST);
    this.dirty = true;
  }

  #zoom(factor) {
    this.view.zoom = clamp(this.view.zoom * factor, 0.6, 8);
    this.dirty = true;
  }

  #halt() {
    if (!this.turning) return;
    this.turning = false;
    this.#say();
  }

  #say() {
    if (this.button) this.button.setAttribute("aria-pressed", String(this.turning));
    if (this.slider) {
      const fit = Number(this.slider.value);
      const text = fit === 0 ? "scan" : fit === 100 ? "fit" : `${fit} % fit over the scan`;
      this.slider.setAttribute("aria-valuetext", text);
    }
  }

  #listen() {
    const { canvas } = this;
    const on = (target, type, call, more) =>
      target.addEventListener(type, call, { signal: this.listening.signal, ...more });
    on(canvas, "pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.held = { x: event.clientX, y: event.clientY };
    });
    on(canvas, "pointermove", (event) => {
      if (!this.held) return;
      const scale = Math.PI / canvas.clientWidth;
      this.#turn((this.held.x - event.clientX) * scale, (event.clientY - this.held.y) * scale);
      this.held = { x: event.clientX, y: event.clientY };
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) on(canvas, type, () => (this.held = null));
    // Without focus the wheel scrolls the page, as one who only passes by expects.
    on(canvas, "wheel", (event) => {
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.#turn(event.deltaX / 300, 0);
      else this.#zoom(Math.exp(-event.deltaY / 500));
    }, { passive: false });
    on(canvas, "keydown", (event) => this.#key(event));
    on(canvas, "dblclick", () => this.#reset());
    if (this.slider) on(this.slider, "input", () => {
      this.dirty = true;
      this.#say();
    });
    if (this.button) on(this.button, "click", () => {
      this.turning = !this.turning;
      if (this.turning) this.phase = Math.asin(clamp(this.view.yaw / SWEEP, -1, 1));
      this.#say();
    });
    on(STILL, "change", () => {
      if (STILL.matches) this.#halt();
    });
  }

  #reset() {
    Object.assign(this.view, REST);
    this.#halt();
    this.dirty = true;
  }

  #key(event) {
    const keys = {
      ArrowLeft: () => this.#turn(-TURN, 0), ArrowRight: () => this.#turn(TURN, 0),
      ArrowUp: () => this.#turn(0, TURN), ArrowDown: () => this.#turn(0, -TURN),
      "+": () => this.#zoom(1.15), "=": () => this.#zoom(1.15), "-": () => this.#zoom(1 / 1.15),
      Home: () => this.#reset(), " ": () => this.button?.click(),
    };
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  }
}
