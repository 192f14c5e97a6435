// Filters stand open where there is room for them and closed on a phone.
(function () {
  const fold = document.querySelector('.filter-fold')
  if (fold) fold.open = window.matchMedia('(width >= 48rem)').matches
})()
