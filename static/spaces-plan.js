// Draws the rectangles of a floor plan, with the pointer and with the keyboard. What is drawn goes
// into the form's hidden field; without this file one rectangle at a time is saved by its numbers.
(function () {
  const svg = document.getElementById('plan-editor')
  const form = document.getElementById('plan-form')
  const fields = form.elements
  const said = document.getElementById('plan-said')
  const group = document.getElementById('plan-shapes')
  const names = JSON.parse(document.getElementById('plan-names').textContent)
  const SPACE = 'http://www.w3.org/2000/svg'
  const WHOLE = 1000
  const GRID = 10
  const NEAR = 6
  const LEAST = 5
  // What a finger takes hold of, in pixels of the screen.
  const GRIP = 14
  const high = Number(svg.dataset.height) / WHOLE
  const metres = Number(svg.dataset.metres) / WHOLE
  const parts = ['x', 'y', 'width', 'height', 'rotation']
  // {code: [x, y, width, height, rotation]} in thousandths; a Map, for codes are anybody's words.
  const boxes = new Map(Object.entries(JSON.parse(
    fields.shapes.value || document.getElementById('plan-places').textContent)))
  const drawn = new Map()
  let drag = null

  function make(kind, cssClass) {
    const made = document.createElementNS(SPACE, kind)
    made.setAttribute('class', cssClass)
    return made
  }
  function set(element, values) {
    Object.keys(values).forEach(function (name) { element.setAttribute(name, values[name]) })
  }
  function clamp(value, least, most) { return Math.min(Math.max(Math.round(value), least), most) }

  // -- what is on the page ---------------------------------------------------------------------
  function show(code) {
    let parts = drawn.get(code)
    if (!parts) {
      parts = { group: make('g', ''), rect: make('rect', 'plan-shape'), text: make('text', 'plan-code'), handle: make('rect', 'plan-handle') }
      set(parts.rect, { tabindex: 0, role: 'button' })
      parts.rect.dataset.code = code
      parts.handle.dataset.code = code
      parts.text.textContent = code
      parts.group.append(parts.rect, parts.text, parts.handle)
      group.append(parts.group)
      drawn.set(code, parts)
    }
    const [x, y, width, height, rotation] = boxes.get(code)
    const middle = [x + width / 2, (y + height / 2) * high]
    set(parts.group, { transform: 'rotate(' + rotation + ' ' + middle[0] + ' ' + middle[1] + ')' })
    set(parts.rect, { x: x, y: y * high, width: width, height: height * high, 'aria-label': label(code) })
    set(parts.text, { x: middle[0], y: middle[1], 'font-size': clamp(Math.min(width / 5, height * high / 2), 4, 18) })
    const grip = Math.min(Math.max(12, GRIP * WHOLE / svg.clientWidth), width, height * high)
    set(parts.handle, { x: x + width - grip, y: (y + height) * high - grip, width: grip, height: grip })
    parts.group.classList.toggle('is-selected', code === fields.space.value)
  }
  function label(code) {
    const [x, y, width, height] = boxes.get(code)
    const size = (width * metres).toFixed(1) + ' × ' + (height * high * metres).toFixed(1) + ' m'
    return (names[code] || code) + ', ' + x + ' ' + y + ', ' + size
  }
  function showAll() { boxes.forEach(function (_box, code) { show(code) }) }
  function remove(code) {
    boxes.delete(code)
    if (drawn.has(code)) drawn.get(code).group.remove()
    drawn.delete(code)
    select(code)
    keep(svg.dataset.unsaved)
  }
  function select(code) {
    fields.space.value = code
    const box = boxes.get(code)
    parts.forEach(function (name, at) { fields[name].value = box ? box[at] : '' })
    fields.removed.checked = false
    showAll()
  }
  // What the form sends; said aloud, for whoever does not see the rectangle move.
  function keep(words) {
    fields.shapes.value = JSON.stringify(Object.fromEntries(boxes))
    said.textContent = words
  }
  function put(code, box) {
    const width = clamp(box[2], LEAST, WHOLE)
    const height = clamp(box[3], LEAST, WHOLE)
    boxes.set(code, [clamp(box[0], 0, WHOLE - width), clamp(box[1], 0, WHOLE - height), width, height, box[4]])
    select(code)
    keep(svg.dataset.unsaved + ': ' + label(code))
  }

  // -- snapping --------------------------------------------------------------------------------
  // The nearest edge of a neighbour, else the grid; `at` is 0 across and 1 down.
  function snap(value, at, code) {
    let best = null
    boxes.forEach(function (box, other) {
      if (other === code) return
      const edges = [box[at], box[at] + box[at + 2]]
      edges.forEach(function (edge) {
        if (Math.abs(edge - value) <= NEAR && (best === null || Math.abs(edge - value) < Math.abs(best - value))) best = edge
      })
    })
    return best === null ? Math.round(value / GRID) * GRID : best
  }
  // Moves a span by its beginning or its end, whichever snaps to something nearer.
  function snapSpan(start, length, at, code) {
    const first = snap(start, at, code)
    const last = snap(start + length, at, code) - length
    return Math.abs(first - start) <= Math.abs(last - start) ? first : last
  }

  // -- the pointer -----------------------------------------------------------------------------
  function place(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse())
    return [clamp(point.x, 0, WHOLE), clamp(point.y / high, 0, WHOLE)]
  }
  // How far that is along the edges of a rectangle that is turned.
  function turned(across, down, degrees) {
    const angle = degrees * Math.PI / 180
    return [
      across * Math.cos(angle) + down * high * Math.sin(angle),
      down * Math.cos(angle) - across * Math.sin(angle) / high
    ]
  }
  svg.addEventListener('pointerdown', function (event) {
    const code = event.target.dataset.code
    const from = place(event)
    if (code) {
      drag = { code: code, kind: event.target.classList.contains('plan-handle') ? 'size' : 'move', from: from, box: boxes.get(code).slice() }
      select(code)
      drawn.get(code).rect.focus()
    } else if (!boxes.has(fields.space.value)) {
      drag = { code: fields.space.value, kind: 'draw', from: [snap(from[0], 0), snap(from[1], 1)] }
    } else {
      return
    }
    svg.setPointerCapture(event.pointerId)
    event.preventDefault()
  })
  svg.addEventListener('pointermove', function (event) {
    if (!drag) return
    const to = place(event)
    const box = drag.box
    if (drag.kind === 'draw') {
      const end = [snap(to[0], 0, drag.code), snap(to[1], 1, drag.code)]
      put(drag.code, [Math.min(drag.from[0], end[0]), Math.min(drag.from[1], end[1]), Math.abs(end[0] - drag.from[0]), Math.abs(end[1] - drag.from[1]), 0])
    } else if (drag.kind === 'move') {
      put(drag.code, [
        snapSpan(box[0] + to[0] - drag.from[0], box[2], 0, drag.code),
        snapSpan(box[1] + to[1] - drag.from[1], box[3], 1, drag.code), box[2], box[3], box[4]])
    } else {
      const [wider, higher] = turned(to[0] - drag.from[0], to[1] - drag.from[1], box[4])
      const right = Math.min(snap(box[0] + box[2] + wider, 0, drag.code), WHOLE)
      const below = Math.min(snap(box[1] + box[3] + higher, 1, drag.code), WHOLE)
      put(drag.code, [box[0], box[1], right - box[0], below - box[1], box[4]])
    }
  })
  function drop() {
    if (drag && drawn.has(drag.code)) drawn.get(drag.code).rect.focus()
    drag = null
  }
  svg.addEventListener('pointerup', drop)
  svg.addEventListener('pointercancel', drop)

  // -- the keyboard ----------------------------------------------------------------------------
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
  svg.addEventListener('keydown', function (event) {
    const code = event.target.dataset.code
    if (!code) return
    const way = WAYS[event.key]
    if (way) {
      const step = event.ctrlKey ? 1 : GRID
      const box = boxes.get(code)
      const [x, y] = [way[0] * step, way[1] * step]
      if (event.shiftKey) {
        put(code, [box[0], box[1], Math.min(box[2] + x, WHOLE - box[0]), Math.min(box[3] + y, WHOLE - box[1]), box[4]])
      } else {
        put(code, [box[0] + x, box[1] + y, box[2], box[3], box[4]])
      }
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      remove(code)
      fields.space.focus()
    } else {
      return
    }
    event.preventDefault()
  })
  group.addEventListener('focusin', function (event) {
    const code = event.target.dataset.code
    if (code && code !== fields.space.value) {
      select(code)
      said.textContent = svg.dataset.selected + ': ' + label(code)
    }
  })

  // -- the numbers -----------------------------------------------------------------------------
  fields.space.addEventListener('change', function () { select(fields.space.value) })
  form.addEventListener('change', function (event) {
    if (!parts.includes(event.target.name)) return
    const box = parts.map(function (name) { return Number(fields[name].value || 0) })
    if (box[2] > 0 && box[3] > 0) put(fields.space.value, [box[0], box[1], box[2], box[3], clamp(box[4], 0, 359)])
  })
  fields.removed.addEventListener('change', function () {
    if (fields.removed.checked) remove(fields.space.value)
  })

  form.addEventListener('submit', function (event) {
    const missing = parts.slice(0, 4).find(function (name) { return fields[name].value === '' })
    const begun = parts.some(function (name) { return fields[name].value !== '' })
    if (boxes.has(fields.space.value) || !begun || !missing) return
    event.preventDefault()
    said.textContent = svg.dataset.missing
    fields[missing].focus()
  })

  group.replaceChildren()
  select(fields.space.value)
  keep('')
})()
