// Saves while one types, by htmx; this file counts the saves and says so when one was lost.
(function () {
  const form = document.querySelector('form[data-autosave]')
  if (!form) return
  const turn = form.elements.turn
  const lost = document.getElementById('saved').dataset.lost
  let unsaved = false
  let sending = false

  form.addEventListener('input', function () { unsaved = true })
  document.body.addEventListener('htmx:configRequest', function (event) {
    if (event.target !== form) return
    turn.value = Number(turn.value) + 1
    event.detail.parameters.turn = turn.value
    unsaved = false
  })
  form.addEventListener('submit', function () {
    turn.value = Number(turn.value) + 1
    sending = true
  })
  const say = function (event) {
    if (event.target !== form) return
    unsaved = true
    document.getElementById('saved').textContent = lost
  }
  document.body.addEventListener('htmx:sendError', say)
  document.body.addEventListener('htmx:responseError', say)
  window.addEventListener('beforeunload', function (event) {
    if (unsaved && !sending) event.preventDefault()
  })
})()
