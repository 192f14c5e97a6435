// The few movements of the shell. Every page also works without this file.
(function () {
  const keep = function (key, value) { try { localStorage.setItem(key, value) } catch { /* private window */ } }
  const root = document.documentElement

  // One press, one submission. Buttons are switched off a moment later so that the pressed
  // button's own name and value still travel with the form.
  document.addEventListener('submit', function (event) {
    const form = event.target
    if (!form.matches('form[data-once]')) return
    if (form.dataset.sent) return event.preventDefault()
    form.dataset.sent = 'true'
    setTimeout(function () {
      form.querySelectorAll('[type=submit]').forEach(function (button) { button.disabled = true })
    })
  })
  const reopen = function (form) {
    delete form.dataset.sent
    form.querySelectorAll('[type=submit]').forEach(function (button) { button.disabled = false })
  }
  window.addEventListener('pageshow', function (event) {
    if (event.persisted) document.querySelectorAll('form[data-sent]').forEach(reopen)
  })
  document.addEventListener('htmx:afterRequest', function (event) {
    const form = event.target.closest('form[data-sent]')
    if (form) reopen(form)
  })

  // Filters stand open where there is room for them and closed on a phone.
  const fold = document.querySelector('.filter-fold')
  if (fold) fold.open = window.matchMedia('(width >= 48rem)').matches

  // Menus close when the reader goes elsewhere.
  const closeMenus = function (except) {
    document.querySelectorAll('details.menu[open]').forEach(function (menu) {
      if (menu !== except) menu.open = false
    })
  }
  document.addEventListener('click', function (event) { closeMenus(event.target.closest('details.menu')) })
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') {
      const open = document.querySelector('details.menu[open] > summary')
      closeMenus()
      if (open) open.focus()
    }
    const typing = event.target.closest('input, textarea, select, [contenteditable]')
    const search = document.querySelector('[data-search]')
    if (event.key === '/' && !typing && search) { event.preventDefault(); search.focus() }
  })

  const press = {
    side (button) {
      const open = document.getElementById('side').classList.toggle('show')
      button.setAttribute('aria-expanded', open)
    },
    fold () {
      const narrow = root.dataset.sidebar !== 'narrow'
      if (narrow) root.dataset.sidebar = 'narrow'
      else delete root.dataset.sidebar
      keep('sidebar', narrow ? 'narrow' : 'wide')
    },
    theme (button) {
      keep('theme', button.value)
      document.dispatchEvent(new Event('themechange'))
      showTheme()
    },
    copy (button) {
      const text = document.getElementById(button.dataset.target)
      const said = function () {
        button.querySelector('span').textContent = button.nextElementSibling.textContent = button.dataset.copied
      }
      // Without https there is no clipboard; the text is selected for the reader's own keys.
      window.getSelection().selectAllChildren(text)
      if (navigator.clipboard) navigator.clipboard.writeText(text.textContent.trim()).then(said, function () {})
    },
    dialog (button) { document.getElementById(button.dataset.target).showModal() },
    close (button) { button.closest('dialog').close() }
  }
  document.addEventListener('click', function (event) {
    const button = event.target.closest('[data-press]')
    if (!button) return
    event.preventDefault()
    press[button.dataset.press](button)
  })
  const showTheme = function () {
    document.querySelectorAll('[data-press=theme]').forEach(function (button) {
      button.setAttribute('aria-pressed', button.value === root.dataset.theme)
    })
  }
  showTheme()

  // Progress asks again every moment and a half, not while the page is out of sight.
  setInterval(function () {
    if (document.hidden || !window.htmx) return
    document.querySelectorAll('[data-poll]').forEach(function (part) { window.htmx.trigger(part, 'poll') })
  }, 1500)

  const summary = document.querySelector('[data-error-summary]')
  if (summary) summary.focus()

  // Passkeys: the browser's refusal becomes a sentence instead of a line in its console.
  document.addEventListener('allauth.error', function (event) {
    const words = document.querySelector('[data-passkey-error]')
    if (!words) return
    event.preventDefault()
    words.hidden = false
  })
})()
