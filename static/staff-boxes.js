// Boxes that search are named by their value alone: they get the label of their select.
(function () {
  function nameIt(box) {
    const select = box.closest('.select2-container').previousElementSibling
    const label = select && select.labels && select.labels[0]
    if (!label || box.dataset.named) return
    label.id = label.id || 'label-of-' + select.id
    box.setAttribute('aria-labelledby', label.id + ' ' + (box.getAttribute('aria-labelledby') || ''))
    const value = box.querySelector('[role="textbox"]')
    if (value) value.setAttribute('aria-labelledby', label.id)
    box.dataset.named = 'true'
  }
  function nameAll() {
    document.querySelectorAll('.select2-selection[role="combobox"]').forEach(nameIt)
  }
  // The theme writes the name of a chosen file into a box beside it, and stumbles where there is none.
  function leavePlain(input) {
    const beside = input.parentNode.parentNode.parentNode
    if (!beside.querySelector('input[type=text]')) input.hasChangeListener = true
  }
  document.addEventListener('DOMContentLoaded', function () {
    nameAll()
    document.querySelectorAll('input[type=file]').forEach(leavePlain)
    // The theme makes its boxes when it likes, those of added rows later.
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true })
  })
})()
