// Copies a text that stands on the page, for a message in WeChat. Without this file people select it.
document.addEventListener('click', function (event) {
  const button = event.target.closest('[data-copies]')
  if (!button) return
  navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim())
    .then(function () { button.textContent = button.dataset.copied })
})
// The theme looks for a text box of its own beside every file box and stumbles where there is none.
document.addEventListener('change', function (event) {
  const box = event.target
  if (box.type === 'file' && !box.parentNode.parentNode.parentNode.querySelector('input[type=text]')) event.stopPropagation()
}, true)
