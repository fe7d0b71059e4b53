// What a swap of the live part must not take away: where the reader stands, what they opened.
"use strict";
(function () {
  const body = document.body;
  let opened = [];
  let stood = null;

  function mark(element) {
    if (!element || !element.closest("#live")) return null;
    return element.id ? "#" + CSS.escape(element.id)
      : element.getAttribute("href") ? 'a[href="' + CSS.escape(element.getAttribute("href")) + '"]'
      : null;
  }

  body.addEventListener("htmx:sseBeforeMessage", function (event) {
    if (event.detail.type === "ended") {
      event.preventDefault();
      window.location.reload();
      return;
    }
    opened = Array.from(document.querySelectorAll("#live details[id]"), (one) => [one.id, one.open]);
    stood = mark(document.activeElement);
  });

  body.addEventListener("htmx:sseMessage", function () {
    for (const [id, open] of opened) {
      const one = document.getElementById(id);
      if (one) one.open = open;
    }
    const again = stood && document.querySelector("#live " + stood);
    if (again) again.focus({ preventScroll: true });
  });
})();
