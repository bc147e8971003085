/** A page's build, but its entry keeps its export, so that `check.js` can run it. */
export default {
  build: {
    outDir: "out/vite",
    rolldownOptions: { input: "main.js", preserveEntrySignatures: "strict", output: { entryFileNames: "[name].js" } },
  },
};
