// node bare.cjs NODE_MODULES TITLE PAGE OUT: simple-scorm-packager on the folder PAGE.
"use strict";

const [modules, title, source, out] = process.argv.slice(2);
const fs = require("fs");
const path = require("path");

require(path.join(modules, "simple-scorm-packager"))({
  version: "1.2",
  organization: "CNFPT Grenoble",
  title,
  language: "fr-FR",
  startingPage: "index.html",
  source,
  package: { zip: true, outputFolder: out },
}, () => {
  const made = fs.readdirSync(out).find((name) => name.endsWith(".zip"));
  fs.renameSync(path.join(out, made), path.join(out, "package.zip"));
});
