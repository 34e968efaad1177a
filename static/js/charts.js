// <div data-chart="id of its JSON">: draws the picture in the theme's colours, again when the theme or the size changes.
// The option is plain data; formats of numbers are added here. The library is fetched when the first chart appears.
(() => {
  const library = document.currentScript.dataset.library;
  let loading = null;

  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  };

  const short = (value) => {
    const size = Math.abs(value);
    if (size >= 1e8) return `${+(value / 1e8).toFixed(2)}亿`;
    if (size >= 1e4) return `${+(value / 1e4).toFixed(2)}万`;
    return `${+value.toFixed(2)}`;
  };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const axis = (given) => ({
    ...given,
    axisLabel: { color: colour("--ink-faint"), ...(given.type === "value" && { formatter: short }), ...given.axisLabel },
    axisLine: { lineStyle: { color: colour("--line-strong") } },
    splitLine: { lineStyle: { color: colour("--line") } },
    nameTextStyle: { color: colour("--ink-faint") },
  });

  const dressed = (option) => {
    const series = option.series || [];
    return {
      color: [1, 2, 3, 4, 5, 6].map((i) => colour(`--chart-${i}`)),
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("--ink") },
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      ...option,
      // Patterns tell areas apart for whoever cannot tell the colours apart.
      aria: { enabled: true, decal: { show: series.length > 1 && series.some((one) => one.type !== "line") } },
      ...(option.xAxis && { xAxis: axis(option.xAxis) }),
      ...(option.yAxis && { yAxis: axis(option.yAxis) }),
      legend: { textStyle: { color: colour("--ink-soft") }, ...option.legend },
      // As text on the canvas: the HTML kind carries style attributes, which the page's policy refuses.
      tooltip: {
        renderMode: "richText",
        confine: true,
        backgroundColor: colour("--surface-raised"),
        borderColor: colour("--line"),
        textStyle: { color: colour("--ink") },
        valueFormatter: (value) => (typeof value === "number" ? short(value) : "—"),
        ...option.tooltip,
      },
    };
  };

  const draw = (element) => {
    const source = document.getElementById(element.dataset.chart);
    if (!source || !element.clientWidth) return;
    const before = echarts.getInstanceByDom(element);
    if (before) before.dispose();
    const chart = echarts.init(element, null, { renderer: "canvas" });
    chart.setOption(dressed(JSON.parse(source.textContent)));
    chart.on("click", ({ data }) => data && data.url && location.assign(data.url));
  };

  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const chart = echarts.getInstanceByDom(target);
      if (chart) chart.resize();
      else draw(target);
    }
  });

  const start = async (root) => {
    const places = [...root.querySelectorAll("[data-chart]")];
    if (!places.length) return;
    await load();
    places.filter((place) => place.isConnected).forEach((place) => watch.observe(place));
  };

  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
  document.addEventListener("theme:change", () => {
    if (window.echarts) document.querySelectorAll("[data-chart]").forEach(draw);
  });
})();
