// Dropping a file on the form and a bar while it travels; the form works without this file.
(function () {
  const input = document.querySelector('input[data-drop]')
  if (!input) return
  const form = input.form
  const note = form.querySelector('[data-drop-note]')
  const bar = form.querySelector('[data-upload]')
  input.after(note)

  const over = function (on) { form.classList.toggle('drop-over', on) }
  form.addEventListener('dragover', function (event) { event.preventDefault(); over(true) })
  form.addEventListener('dragleave', function () { over(false) })
  form.addEventListener('drop', function (event) {
    event.preventDefault()
    over(false)
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files
  })

  // A large file takes a while: send it in the background and show how far it is.
  form.addEventListener('submit', function (event) {
    if (!input.files.length || !window.XMLHttpRequest) return
    event.preventDefault()
    const request = new XMLHttpRequest()
    bar.hidden = false
    request.upload.addEventListener('progress', function (sent) {
      const percent = Math.floor(100 * sent.loaded / sent.total)
      bar.firstElementChild.setAttribute('aria-valuenow', percent)
      bar.querySelector('.progress-bar').style.width = percent + '%'
    })
    request.addEventListener('load', function () {
      if (request.responseURL !== location.href) return location.assign(request.responseURL)
      document.open()
      document.write(request.responseText)
      document.close()
    })
    request.addEventListener('error', function () { form.submit() })
    request.open('POST', location.href)
    request.send(new FormData(form))
  })
})()
