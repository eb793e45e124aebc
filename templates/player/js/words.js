// The page's own words, in the capsule's language, with their values filled in.
"use strict";

capsule.say = (key, values = {}) =>
  capsule.data.words[key].replace(/%\((\w+)\)[ds]/g, (_, name) => String(values[name])).replaceAll("%%", "%");

capsule.clock = (seconds) => {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};
