// Pictures of the tables below them; a page without this file loses nothing but the pictures.
(function () {
  const data = JSON.parse(document.getElementById('chart-data').textContent)
  const root = document.documentElement
  const charts = []
  // 1.2M in English; the reader's own steps of ten thousand in Chinese.
  const compact = new Intl.NumberFormat(root.lang, { notation: 'compact', maximumFractionDigits: 2 })
  const short = function (value) { return compact.format(value) }
  const full = function (value) { return data.currency + ' ' + value.toLocaleString('en', { minimumFractionDigits: 2 }) }

  const options = function (rows, sideways) {
    const style = getComputedStyle(root)
    const quiet = style.getPropertyValue('--tblr-secondary-color').trim()
    const line = style.getPropertyValue('--tblr-border-color').trim()
    const dark = root.dataset.bsTheme === 'dark'
    const names = {
      type: 'category',
      data: rows.map(function (row) { return row[0] }),
      inverse: sideways,
      axisLabel: { color: quiet, width: sideways ? 120 : undefined, overflow: 'truncate' },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false }
    }
    const values = {
      type: 'value',
      axisLabel: { color: quiet, formatter: short, hideOverlap: true },
      splitLine: { lineStyle: { color: line } }
    }
    return {
      animation: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 16, right: 24, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: full, confine: true },
      xAxis: sideways ? values : names,
      yAxis: sideways ? names : values,
      series: [{
        type: 'bar',
        data: rows.map(function (row) { return row[1] }),
        barMaxWidth: 40,
        itemStyle: { color: dark ? '#6cb2ff' : '#0a5fb4', borderRadius: sideways ? [0, 3, 3, 0] : [3, 3, 0, 0] }
      }]
    }
  }
  const draw = function () {
    charts.forEach(function (chart) { chart.setOption(options(data[chart.rows], chart.rows === 'countries'), true) })
  }
  document.querySelectorAll('[data-chart]').forEach(function (part) {
    const chart = window.echarts.init(part, null, { renderer: 'svg' })
    chart.rows = part.dataset.chart
    charts.push(chart)
    new ResizeObserver(function () { chart.resize() }).observe(part)
  })
  draw()
  new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ['data-bs-theme'] })
})()
