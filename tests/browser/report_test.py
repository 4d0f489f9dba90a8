#!/usr/bin/env python3
"""Reports of the three kinds of fit in a real browser: no complaint, every picture drawn and not empty, hover, toggles,
keys and zoom work, nothing is asked of the network.

usage: report_test.py FOLDER_OF_PROGRAMS                 exits 77 where chromium is missing
       report_test.py FOLDER_OF_PROGRAMS SCREENSHOTS REFERENCE SOURCE    docs' screenshots, of fits to real recordings
"""
import array
import math
import os
import random
import subprocess
import sys
import tempfile
import wave

import chromium

MAX_BYTES = 2_000_000  # without audio
SECONDS = 4            # of each test recording

# What must be in each kind of report: the ids of its pictures begin so.
MEASURED = ["spectrum", "levels", "modulation", "loudness", "waveform-reference", "brightness-reference"]
CHAIN = ["equaliser", "static-curve", "step-response"]
PLAYED = ["spectrum-difference", "gain-over-time", "waveform-source", "waveform-result", "brightness-source",
          "brightness-result"]


def write_wav(path, seconds, dull):
    """Notes and pauses over noise: something for every measure. `dull` halves the treble and the swell."""
    generator, rate, last = random.Random(3), 44100, 0.0
    samples = array.array("h")
    for i in range(int(seconds * rate)):
        t = i / rate
        swell = (0.15 + 0.85 * (math.sin(2 * math.pi * 0.7 * t) > 0)) ** (0.5 if dull else 1.0)
        x = 0.3 * math.sin(2 * math.pi * 220 * (1 + int(t * 2) % 3) * t) + 0.2 * generator.uniform(-1, 1)
        last += (0.35 if dull else 1.0) * (x - last)
        samples.append(int(28000 * swell * last))
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def fit(programs, folder, name, *words):
    page = os.path.join(folder, name + ".html")
    command = [os.path.join(programs, "aapp-analyze"), "fit", *words, "-o", os.path.join(folder, name + ".json"),
               "--report", page, "--quiet", "--force"]
    subprocess.run(command, check=True, timeout=240)
    return page


PICTURES = """[...document.querySelectorAll('figure.plot')].map(figure => {
  const svg = figure.querySelector('svg'), data = svg.querySelector('.data'), box = data.getBBox();
  return {id: svg.id, marks: data.querySelectorAll('path, rect').length, width: box.width, height: box.height,
    title: svg.querySelector('title').textContent, numbers: /NaN|Infinity/.test(svg.outerHTML)};
})"""

# In the middle of the nth picture, once it has been scrolled to.
PLACE = """(n => { const svg = document.querySelectorAll('figure.plot svg')[n]; svg.scrollIntoView({block: 'center'});
  const box = svg.getBoundingClientRect(); return [box.left + box.width * 0.5, box.top + box.height * 0.5]; })(%d)"""


# Of the embedded recordings, as decoded.
LENGTHS = """Promise.all([...document.querySelectorAll('audio')].map(a => new Promise(done => {
  if (a.readyState > 0) done(a.duration); else { a.onloadedmetadata = () => done(a.duration); a.onerror = () => done(-1); }
})))"""


class Checks:
    def __init__(self, browser):
        self.browser, self.failures = browser, []

    def expect(self, truth, what):
        if not truth:
            self.failures.append(what)

    def page(self, name, path, wanted):
        browser = self.browser
        self.expect(os.path.getsize(path) < MAX_BYTES, f"{name}: {os.path.getsize(path)} bytes")
        browser.open(path)
        pictures = browser.evaluate(PICTURES)
        for start in wanted:
            self.expect(any(p["id"].startswith(start) for p in pictures), f"{name}: no picture {start}")
        self.expect(len({p["id"] for p in pictures}) == len(pictures), f"{name}: two pictures of one id")
        for p in pictures:
            drawn = p["marks"] > 0 and p["width"] > 50 and p["height"] > 1 and not p["numbers"]
            self.expect(drawn, f"{name}: {p} is empty")
        for n, p in enumerate(pictures):
            self.hover(name, n, p["id"])
        self.controls(name)
        self.expect(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: wider than its window")
        browser.open(path, width=390, height=844)
        self.expect(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: wider than a phone")
        own = "file://" + os.path.abspath(path)
        strangers = [url for url in browser.requests() if url != own and not url.startswith("data:")]
        self.expect(not strangers, f"{name}: asks for {strangers}")
        self.expect(not browser.complaints(), f"{name}: {browser.complaints()}")

    def hover(self, name, n, picture):
        x, y = self.browser.evaluate(PLACE % n)
        self.browser.hover(x, y)
        said = self.browser.evaluate(f"document.querySelectorAll('figure.plot .values')[{n}].textContent")
        self.expect(any(c.isdigit() for c in said), f"{name}: hover over {picture} says '{said}'")

    def controls(self, name):
        """Toggle, zoom by key and back, on the first picture; the numbers as a file."""
        state = self.browser.evaluate("""(() => {
          const figure = document.querySelector('figure.plot'), svg = figure.querySelector('svg');
          const key = k => svg.dispatchEvent(new KeyboardEvent('keydown', {key: k, bubbles: true}));
          const button = figure.querySelector('[data-series]'), group = svg.querySelector('.data > g');
          button.click(); const hidden = getComputedStyle(group).display; button.click();
          key('ArrowRight'); key('+'); const zoomed = svg.querySelector('.data').getAttribute('transform');
          key('Escape'); const back = svg.querySelector('.data').getAttribute('transform');
          const picture = new Picture(figure.cloneNode(true));
          return {hidden, shown: getComputedStyle(group).display, zoomed, back, csv: picture.csv()};
        })()""")
        self.expect(state["hidden"] == "none" and state["shown"] != "none", f"{name}: toggle {state}")
        self.expect((state["zoomed"] or "").split("scale(")[-1].startswith("2"), f"{name}: zoom {state['zoomed']}")
        self.expect((state["back"] or "").split("scale(")[-1].startswith("1 "), f"{name}: back {state['back']}")
        self.expect(state["csv"].startswith("series,x,y\n") and state["csv"].count("\n") > 10, f"{name}: CSV")


def test(programs):
    browser = chromium.Browser()
    with tempfile.TemporaryDirectory() as folder:
        bright, dull, wet = (os.path.join(folder, n) for n in ("bright.wav", "dull.wav", "wet.wav"))
        write_wav(bright, SECONDS, dull=False)
        write_wav(dull, SECONDS, dull=True)
        subprocess.run([os.path.join(programs, "aapp-play"), "render", "broadcast-voice", bright, "-o", wet, "--quiet"],
                       check=True)
        checks = Checks(browser)
        few = ["--bands", "2"]
        checks.page("unpaired", fit(programs, folder, "unpaired", bright, "--source", dull, "--embed-audio", *few),
                    MEASURED + ["equaliser"] + PLAYED[:1] + PLAYED[2:])
        lengths = browser.evaluate(LENGTHS)
        checks.expect(len(lengths) == 3 and all(abs(s - SECONDS) < 0.2 for s in lengths), f"players of {lengths} s")
        checks.page("paired", fit(programs, folder, "paired", wet, "--dry", bright, *few), MEASURED + CHAIN + PLAYED)
        checks.page("alone", fit(programs, folder, "alone", bright, "--profile", "speech", *few), MEASURED + ["equaliser"])
        browser.close()
        for failure in checks.failures:
            print("FAILED", failure)
        return 1 if checks.failures else 0


def screenshots(programs, target, reference, source):
    browser = chromium.Browser()
    os.makedirs(target, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = fit(programs, folder, "like_theirs", reference, "--source", source)
        for name, width, height, scheme in (("desktop-light", 1280, 960, "light"), ("desktop-dark", 1280, 960, "dark"),
                                            ("phone-light", 390, 844, "light"), ("phone-dark", 390, 844, "dark")):
            browser.open(page, width, height, scheme)
            browser.screenshot(os.path.join(target, f"report-{name}.png"))
            section = {"desktop-dark": "chain", "desktop-light": "waveforms"}.get(name)
            if section:
                browser.evaluate(f"document.getElementById('{section}').scrollIntoView()")
                browser.screenshot(os.path.join(target, f"report-{section}-{name}.png"))
    browser.close()
    return 0


if __name__ == "__main__":
    if chromium.program() is None:
        print("chromium is not installed")
        sys.exit(77)
    sys.exit(test(sys.argv[1]) if len(sys.argv) == 2 else screenshots(*sys.argv[1:]))
