-- A writer for pandoc that reads a report once and writes its pages in several formats, one after
-- the other with a NUL between, which no text can hold. Reading takes as long as writing does.

local folder = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local templates = {html5 = 'briefing.html', typst = 'briefing.typ'}

local function read(name)
  local file = assert(io.open(pandoc.path.join {folder, name}))
  local text = file:read 'a'
  file:close()
  return text
end

function Writer(doc)
  local targets = pandoc.utils.stringify(doc.meta.targets)
  doc.meta.targets = nil
  local pages = pandoc.List {}
  for target in targets:gmatch '%S+' do
    FORMAT = target -- for the filter, which starts afresh each time it is loaded
    dofile(pandoc.path.join {folder, 'briefing.lua'})
    pages:insert(pandoc.write(Pandoc(doc:clone()), target, {
      template = pandoc.template.compile(read(templates[target])),
      variables = {style = read 'briefing.css'},
      table_of_contents = true,
      toc_depth = 3,
      wrap_text = 'none',
    }))
  end
  return table.concat(pages, '\0')
end
