/* Before anything is painted: the theme that was chosen here, if one was. Some browsers keep nothing for a page. */
try {
  const chosen = localStorage.getItem('theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
} catch (error) {
  if (error.name !== 'SecurityError') throw error
}
