// Runs before the first paint: the kept theme, else the system's, and the folded sidebar.
(function () {
  const root = document.documentElement
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  const kept = function (key) { try { return localStorage.getItem(key) } catch { return null } }
  const apply = function () {
    const theme = kept('theme') || 'auto'
    root.dataset.theme = theme
    root.dataset.bsTheme = theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme
  }
  root.classList.remove('no-script')
  apply()
  dark.addEventListener('change', apply)
  document.addEventListener('themechange', apply)
  if (kept('sidebar') === 'narrow') root.dataset.sidebar = 'narrow'
})()
