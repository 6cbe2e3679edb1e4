// Keeps relative times current and shows exact ones in the reader's zone. Without it, times are right as of loading, in UTC.
(() => {
  "use strict";
  const units = [[31536000, "year"], [2592000, "month"], [86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const local = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });
  const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" });

  function relative(moment) {
    const seconds = Math.trunc((Date.now() - moment) / 1000);
    if (Math.abs(seconds) < 5) return "just now";
    const [size, unit] = units.find(([each]) => Math.abs(seconds) >= each);
    const count = Math.floor(Math.abs(seconds) / size);
    const words = `${count.toLocaleString("en")} ${unit}${count === 1 ? "" : "s"}`;
    return seconds > 0 ? `${words} ago` : `in ${words}`;
  }

  const spans = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

  function span(moment) {
    const seconds = Math.max(0, Math.trunc((Date.now() - moment) / 1000));
    const at = Math.max(0, spans.findIndex(([size]) => seconds >= size || size === 1));
    const [size, unit] = spans[at];
    const words = `${Math.floor(seconds / size)} ${unit}`;
    const rest = at + 1 < spans.length ? Math.floor((seconds % size) / spans[at + 1][0]) : 0;
    return rest ? `${words} ${rest} ${spans[at + 1][1]}` : words;
  }

  function exact(moment) {
    const name = zone.formatToParts(moment).find((part) => part.type === "timeZoneName").value;
    return `${local.format(moment)} ${name}`;
  }

  function refresh() {
    for (const element of document.querySelectorAll("time[data-relative], time[data-exact]")) {
      const moment = new Date(element.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      const text = "exact" in element.dataset ? exact(moment) : relative(moment);
      if (element.textContent !== text) element.textContent = text;
      const title = "exact" in element.dataset ? `${element.dateTime}` : exact(moment);
      if (element.title !== title) element.title = title;
    }
  }

  const clock = new Intl.DateTimeFormat("sv-SE", { hour: "2-digit", minute: "2-digit" });

  // Of an axis: the time of day, or the day besides, in little room. A date stays as it is.
  function refreshTicks() {
    for (const element of document.querySelectorAll("time[data-tick]")) {
      const moment = new Date(element.dateTime);
      if (Number.isNaN(moment.getTime()) || element.dataset.tick === "date") continue;
      element.textContent = element.dataset.tick === "time" ? clock.format(moment) : `${local.format(moment).slice(5, 10)} ${clock.format(moment)}`.replace(/ 00:00$/, "");
      element.title = exact(moment);
    }
  }

  function refreshSpans() {
    for (const element of document.querySelectorAll("[data-since]")) {
      element.textContent = span(new Date(element.dataset.since));
    }
  }

  refresh();
  refreshTicks();
  setInterval(refresh, 5000);
  setInterval(refreshSpans, 1000);
  document.addEventListener("htmx:afterSettle", () => { refresh(); refreshTicks(); });
})();
