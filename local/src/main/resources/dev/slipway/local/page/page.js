// The page of the account on a laptop. It asks for the state a few times a second and changes what differs.
// Whatever comes from outside (tags, log lines, error texts, Slack messages) becomes text nodes, never HTML.
"use strict";

const byId = (id) => document.getElementById(id);

/** An element with attributes, listeners ("onclick") and children; strings become text nodes. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts `wanted` (elements with a key each) into `parent`, reusing those that are there, so that transitions play. */
function reconcile(parent, wanted, make, update) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  wanted.forEach(({ key, value }, index) => {
    let child = present.get(key);
    if (!child) {
      child = make(value);
      child.dataset.key = key;
    }
    present.delete(key);
    update(child, value);
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  for (const child of present.values()) child.remove();
}

const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

// ---------------------------------------------------------------------------------------------- talking to the account

let after = 0;
let lost = 0;

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The account answered ${response.status}`);
  return answer;
}

async function poll() {
  try {
    const response = await fetch(`state?after=${after}`, { cache: "no-store" });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const state = await response.json();
    lost = 0;
    byId("lost").hidden = true;
    show(state);
  } catch (error) {
    if (++lost > 3) byId("lost").hidden = false;
    if (!(error instanceof TypeError)) console.error(error);
  }
  setTimeout(poll, lost > 3 ? 2000 : 300);
}

function show(state) {
  showBar(state);
  showServices(state.services);
  showTimeline(state.timeline);
  showSlack(state.slack);
}

// ------------------------------------------------------------------------------------------------------------ top of it

const clockTime = (iso) => iso.slice(11, 19);

function showBar(state) {
  setText(byId("account"), `account ${state.account.id}, ${state.account.region}, on this laptop`);
  const clock = byId("clock");
  setText(clock, clockTime(state.clock.now));
  clock.dateTime = state.clock.now;
  reconcile(
    byId("speeds"),
    state.clock.speeds.map((speed) => ({ key: String(speed), value: speed })),
    (speed) => h("button", { type: "button", onclick: () => post("speed", { speed }).catch(alertOnce) },
      speed === 0 ? "pause" : `${speed}×`),
    (button, speed) => button.setAttribute("aria-pressed", String(speed === state.clock.speed)),
  );
  reconcile(
    byId("steps"),
    state.steps.map((step, index) => ({ key: String(index), value: step })),
    () => h("li", {}),
    (item, step) => {
      setText(item, step.name);
      item.className = step.state;
      item.title = step.expected;
    },
  );
  byId("push").hidden = !state.canPush;
  byId("command").hidden = !state.canPush;
  const choice = byId("push-repository");
  const names = state.repositories;
  if (choice.childElementCount !== names.length) {
    choice.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
  }
}

const alertOnce = (error) => {
  const answer = byId("push-answer");
  answer.hidden = false;
  answer.classList.add("bad");
  setText(answer, error.message);
};

byId("push").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = byId("push-answer");
  try {
    const pushed = await post("push", {
      repository: byId("push-repository").value,
      tag: byId("push-tag").value.trim(),
      behaviour: byId("push-behaviour").value,
    });
    answer.classList.remove("bad");
    answer.hidden = false;
    setText(answer, `pushed ${pushed.image} (${pushed.digest.slice(7, 15)})`);
  } catch (error) {
    alertOnce(error);
  }
});

// ------------------------------------------------------------------------------------------------------------- services

function showServices(services) {
  reconcile(
    byId("services"),
    services.map((service) => ({ key: service.arn, value: service })),
    () => h("article", { class: "service" },
      h("header", {}, h("h3", {}, h("span", { class: "cluster" }), h("span", { class: "name" })), h("span", { class: "badge" })),
      h("p", { class: "follows" }),
      h("div", { class: "revisions" }),
      h("div", { class: "notes" })),
    (card, service) => {
      card.className = `service ${service.tone}`;
      setText(card.querySelector(".cluster"), `${service.cluster}/`);
      setText(card.querySelector(".name"), service.name);
      const badge = card.querySelector(".badge");
      badge.className = `badge ${service.tone}`;
      setText(badge, service.state);
      const follows = card.querySelector(".follows");
      const wanted = service.follows.map((follow) => `${follow.repository} = ${follow.policy}`).join(", ");
      const options = service.settings.join(" · ");
      if (follows.dataset.text !== wanted + options) {
        follows.dataset.text = wanted + options;
        follows.replaceChildren("follows ", h("code", {}, wanted || "nothing"), options ? ` · ${options}` : "");
      }
      reconcile(
        card.querySelector(".revisions"),
        service.deployments.map((deployment) => ({ key: deployment.id, value: deployment })),
        () => h("div", { class: "revision" },
          h("div", { class: "image" }, h("code", {}), h("span", { class: "role" })),
          h("div", { class: "count" }),
          h("div", { class: "dots" })),
        (row, deployment) => {
          row.classList.toggle("leaving", deployment.leaving);
          setText(row.querySelector("code"), deployment.image);
          row.querySelector("code").title = deployment.digest;
          setText(row.querySelector(".role"), deployment.role);
          setText(row.querySelector(".count"), `${deployment.running} of ${deployment.desired}`);
          reconcile(
            row.querySelector(".dots"),
            deployment.tasks.map((task) => ({ key: task.id, value: task })),
            () => h("span", { class: "dot", role: "img" }),
            (dot, task) => {
              dot.className = `dot ${task.tone}`;
              const words = `task ${task.id.slice(0, 8)}: ${task.words}`;
              if (dot.title !== words) {
                dot.title = words;
                dot.setAttribute("aria-label", words);
              }
            },
          );
        },
      );
      reconcile(
        card.querySelector(".notes"),
        service.notes.map((note, index) => ({ key: String(index), value: note })),
        () => h("p", {}),
        (line, note) => {
          line.className = note.tone;
          setText(line, note.text);
        },
      );
    },
  );
}

// ------------------------------------------------------------------------------------------------------------- timeline

const MOST_ROWS = 1500;
const KINDS = {
  step: "step", push: "push", event: "event", own: "own event", task: "task", look: "look", call: "call", verdict: "verdict",
  chat: "chat", clock: "clock",
};
const hidden = new Set(["task", "clock", "own"]);

for (const kind of ["event", "look", "call", "verdict", "chat", "task", "own", "clock"]) {
  byId("filters").append(h("button", {
    type: "button",
    "aria-pressed": String(!hidden.has(kind)),
    onclick: (event) => {
      if (!hidden.delete(kind)) hidden.add(kind);
      event.currentTarget.setAttribute("aria-pressed", String(!hidden.has(kind)));
      for (const row of byId("rows").children) row.hidden = hidden.has(row.dataset.kind);
    },
  }, KINDS[kind]));
}

/** Keeps a frame at its end while more is put there, until somebody scrolls up; back at the end it follows again. */
function follower(frame) {
  let following = true;
  const toEnd = () => { if (following) frame.scrollTop = frame.scrollHeight; };
  frame.addEventListener("scroll", () => {
    following = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 40;
  });
  new ResizeObserver(toEnd).observe(frame);
  return toEnd;
}

const followTimeline = follower(byId("rows").parentElement);
const followSlack = follower(byId("messages"));

function showTimeline(rows) {
  if (rows.length === 0) return;
  const list = byId("rows");
  for (const row of rows) {
    if (row.seq <= after) continue;
    after = row.seq;
    const item = h("li", { class: `kind-${row.kind} tone-${row.tone}`, title: row.detail },
      h("time", { datetime: row.at }, clockTime(row.at)),
      h("span", { class: "kind" }, KINDS[row.kind] ?? row.kind),
      h("span", { class: "service-name", title: row.service }, row.service),
      h("span", { class: "text" }, row.text));
    item.dataset.kind = row.kind;
    item.hidden = hidden.has(row.kind);
    list.append(item);
  }
  while (list.childElementCount > MOST_ROWS) list.firstElementChild.remove();
  followTimeline();
}

// ---------------------------------------------------------------------------------------------------------------- Slack

let channel = null;
/** Slack user id to name. */
let people = {};

function showSlack(slack) {
  people = slack.people;
  if (!slack.channels.some((one) => one.id === channel)) channel = slack.channels[0]?.id ?? null;
  reconcile(
    byId("channels"),
    slack.channels.map((one) => ({ key: one.id, value: one })),
    (one) => h("button", {
      type: "button",
      onclick: () => {
        channel = one.id;
        byId("messages").replaceChildren();
      },
    }),
    (button, one) => {
      setText(button, `# ${one.name}`);
      button.setAttribute("aria-pressed", String(one.id === channel));
    },
  );
  const messages = slack.channels.find((one) => one.id === channel)?.messages ?? [];
  const frame = byId("messages");
  if (messages.length === 0) {
    if (!frame.querySelector(".empty")) {
      frame.replaceChildren(h("p", { class: "empty", "data-key": "empty" }, "Nothing has been said here yet."));
    }
    return;
  }
  reconcile(
    frame,
    messages.map((message) => ({ key: message.ts, value: message })),
    () => h("div", { class: "message" }),
    (element, message) => drawMessage(element, message),
  );
  const shape = messages.map((message) => message.hash).join();
  if (frame.dataset.shape !== shape) {
    frame.dataset.shape = shape;
    followSlack();
  }
}

function drawMessage(element, message) {
  if (element.dataset.hash === message.hash) return;
  const open = element.querySelector("details")?.open;
  const isNew = element.dataset.hash === undefined;
  element.dataset.hash = message.hash;
  element.classList.toggle("private", message.visibleTo === "one");
  element.replaceChildren(
    message.app
      ? h("img", { class: "avatar", src: "mark.svg", alt: "" })
      : h("div", { class: "letter", "aria-hidden": true }, message.user.slice(0, 1).toUpperCase()),
    h("div", { class: "body" },
      h("div", {}, h("span", { class: "who" }, message.user),
        message.app && h("span", { class: "app" }, "APP"), " ",
        h("time", { class: "when" }, clockTime(message.at)),
        message.visibleTo === "one" && h("span", { class: "when" }, " · only visible to you")),
      drawContent(message),
      message.edited && h("span", { class: "edited" }, "(edited)"),
      message.thread.length > 0 && h("details", { class: "thread", open: open ?? true },
        h("summary", {}, message.thread.length === 1 ? "1 reply" : `${message.thread.length} replies`),
        message.thread.map((reply) => h("div", {}, drawContent(reply))))),
  );
  if (!isNew) {
    element.classList.remove("fresh");
    void element.offsetWidth;
  }
  element.classList.add("fresh");
}

function drawContent(message) {
  if (message.blocks.length === 0) return [h("div", { class: "block-section" }, mrkdwn(message.text))];
  return message.blocks.map((block) => drawBlock(block, message));
}

function drawBlock(block, message) {
  switch (block.type) {
    case "header":
      return h("div", { class: "block-header" }, block.text.text);
    case "section":
      return h("div", { class: "block-section" },
        block.text && textOf(block.text), (block.fields ?? []).map((field) => h("div", {}, textOf(field))));
    case "context":
      return h("div", { class: "block-context" }, block.elements.map((element) => h("span", {}, textOf(element))));
    case "divider":
      return h("hr", { class: "block-divider" });
    case "actions":
      return h("div", { class: "block-actions" }, block.elements.map((element) => drawButton(element, block, message)));
    default:
      return h("div", { class: "block-section" }, `[a block of type ${block.type}, which this page does not draw]`);
  }
}

const textOf = (text) => (text.type === "mrkdwn" ? mrkdwn(text.text) : [text.text]);

function drawButton(element, block, message) {
  return h("button", {
    type: "button",
    class: element.style === "danger" ? "danger" : undefined,
    onclick: async (event) => {
      const button = event.currentTarget;
      if (element.confirm && !(await sure(element.confirm))) return;
      button.disabled = true;
      try {
        await post("press", {
          channel, ts: message.ts, action: element.action_id, value: element.value ?? "", block: block.block_id ?? "",
        });
      } catch (error) {
        alertOnce(error);
      } finally {
        setTimeout(() => { button.disabled = false; }, 1500);
      }
    },
  }, element.text.text);
}

/** Slack asks back where a button says so. */
function sure(confirm) {
  const dialog = byId("confirm");
  setText(byId("confirm-title"), confirm.title?.text ?? "Are you sure?");
  byId("confirm-text").replaceChildren(...textOf(confirm.text ?? { type: "plain_text", text: "" }));
  setText(byId("confirm-yes"), confirm.confirm?.text ?? "Yes");
  setText(byId("confirm-no"), confirm.deny?.text ?? "Cancel");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

byId("command").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await post("command", { channel, text: byId("command-text").value });
  } catch (error) {
    alertOnce(error);
  }
});

// ------------------------------------------------------------------------------------------ mrkdwn, as Slack writes text

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Slack's mrkdwn as nodes: code, bold, italic, mentions, dates and links; the rest is text. */
function mrkdwn(source) {
  const nodes = [];
  const pattern = /```\n?([\s\S]*?)\n?```|`([^`\n]+)`|<([^<>|]+)(?:\|([^<>]*))?>|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])/g;
  let from = 0;
  for (const match of source.matchAll(pattern)) {
    if (match.index > from) nodes.push(unescape(source.slice(from, match.index)));
    from = match.index + match[0].length;
    const [, block, code, target, label, bold, italic] = match;
    if (block !== undefined) nodes.push(h("pre", {}, unescape(block)));
    else if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (bold !== undefined) nodes.push(h("strong", {}, mrkdwn(bold)));
    else if (italic !== undefined) nodes.push(h("em", {}, mrkdwn(italic)));
    else nodes.push(reference(target, label));
  }
  if (from < source.length) nodes.push(unescape(source.slice(from)));
  return nodes;
}

/** What stands between angle brackets: a person, a date, a channel, a link. */
function reference(target, label) {
  if (target.startsWith("@")) return h("span", { class: "mention" }, `@${people[target.slice(1)] ?? target.slice(1)}`);
  if (target.startsWith("#")) return h("span", { class: "mention" }, `#${label || target.slice(1)}`);
  const date = /^!date\^(\d+)\^/.exec(target);
  if (date) {
    // The account's times are shown everywhere in UTC, so that card, clock and timeline agree.
    return h("time", { title: unescape(label ?? "") }, new Date(Number(date[1]) * 1000).toISOString().slice(11, 16));
  }
  if (/^https?:\/\//.test(target)) {
    return h("a", { href: unescape(target), rel: "noreferrer noopener", target: "_blank" }, unescape(label || target));
  }
  return unescape(label ?? target);
}


poll();
