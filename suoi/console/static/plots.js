// The last 24 hours as plots, in Việt Nam's time; the figures are those of the JSON beside them.
"use strict";
(function () {
  const ZONE = "Asia/Ho_Chi_Minh";
  const EVERY_MS = 60000;
  const DAY_S = 86400;

  function size(place) {
    return { width: Math.max(240, place.clientWidth - 16), height: 160 };
  }

  function ink(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function axis() {
    return { stroke: ink("--ink"), grid: { stroke: ink("--line"), width: 1 }, ticks: { show: false } };
  }

  function draw(place, data, name) {
    const options = Object.assign(size(place), {
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), ZONE),
      fmtDate: (text) => uPlot.fmtDate(text
        .replace("{h}{aa}", "{HH}:00").replace("{h}:{mm}{aa}", "{HH}:{mm}")
        .replace("{M}/{D}/{YY}", "{DD}/{MM}").replace("{M}/{D}", "{DD}/{MM}")),
      series: [{}, { label: place.dataset.label, stroke: ink("--accent"), width: 2, spanGaps: false }],
      axes: [axis(), Object.assign(axis(), { size: 64 })],
      scales: { x: { range: () => [Date.now() / 1000 - DAY_S, Date.now() / 1000] }, y: { range: (_plot, _low, high) => [0, Math.max(1, high || 0)] } },
      legend: { show: false },
      cursor: { show: false },
    });
    return new uPlot(options, [data.at, data[name]], place.querySelector(".canvas"));
  }

  async function begin(group) {
    const plots = new Map();
    async function look() {
      const answer = await fetch(group.dataset.source, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const data = await answer.json();
      for (const place of group.querySelectorAll(".plot")) {
        const name = place.dataset.series;
        if (plots.has(place)) plots.get(place).setData([data.at, data[name]]);
        else plots.set(place, draw(place, data, name));
      }
    }
    await look();
    window.addEventListener("resize", () => {
      for (const [place, plot] of plots) plot.setSize(size(place));
    });
    setInterval(look, EVERY_MS);
  }

  for (const group of document.querySelectorAll(".plots[data-source]")) begin(group);
})();
