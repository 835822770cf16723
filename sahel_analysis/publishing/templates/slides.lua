-- Six slides out of a report: title, bottom line, and four of its tiles, figures, tables and open
-- questions. Tables stay tables, and pictures keep their alternative texts.

local MOST, MOST_ROWS = 6, 6
-- What goes first where there is more than six slides hold; the rest in the order of the report.
local RANKS = {tiles = 1, map = 2, ['table'] = 3, unknowns = 4, figure = 5, tables = 6}

local function words(blocks) return pandoc.utils.blocks_to_inlines(blocks) end

-- Text without marks of sources, which would lead nowhere.
local function plain(element)
  return element:walk {
    Link = function(link)
      return link.classes:includes 'source' and {} or link.content
    end,
    Span = function(span) return span.content end,
  }
end

local function slide(title, ...)
  return pandoc.Blocks {pandoc.Header(2, title), ...}
end

local function tiles(div)
  local rows = div.content:map(function(tile)
    local cells = pandoc.List()
    for place = 1, 3 do
      cells:insert(pandoc.Cell(tile.content[place] and {plain(tile.content[place])} or {}))
    end
    return pandoc.Row(cells)
  end)
  local specs = {{pandoc.AlignLeft, 0.24}, {pandoc.AlignLeft, 0.26}, {pandoc.AlignLeft, 0.5}}
  local head = pandoc.Row {pandoc.Cell {pandoc.Plain 'Who'}, pandoc.Cell {pandoc.Plain 'State'},
    pandoc.Cell {pandoc.Plain 'Since, and how many'}}
  local body = {attr = pandoc.Attr(), body = rows, head = {}, row_head_columns = 1}
  return pandoc.Table({long = {}}, specs, pandoc.TableHead {head}, {body}, pandoc.TableFoot())
end

local function data_table(div)
  local grid = plain(div.content[#div.content])
  local place = 0
  for share in (div.attributes.widths or ''):gmatch '%S+' do
    place = place + 1
    grid.colspecs[place] = {grid.colspecs[place][1], tonumber(share)}
  end
  local rows = grid.bodies[1].body
  local all = #rows
  while #rows > MOST_ROWS do rows:remove() end
  grid.bodies[1].body = rows
  local caption = plain(pandoc.Div {table.unpack(div.content, 1, #div.content - 1)}).content
  local inlines = words(caption)
  if all > MOST_ROWS then
    inlines:extend {pandoc.Space(), pandoc.Str(string.format('First %d of %d rows.', MOST_ROWS, all))}
  end
  grid.caption = {long = {pandoc.Plain(inlines)}}
  return grid
end

local function figure(div)
  local image = div.content[1].content[1]
  image.src = image.src:gsub('svg$', 'png')
  image.title = pandoc.utils.stringify(image.caption) -- what a screen reader says
  local caption = words(plain(pandoc.Div {table.unpack(div.content, 2)}).content)
  local title = caption[1] and caption[1].t == 'Strong' and caption:remove(1)
  image.caption = caption
  return title and title.content, pandoc.Para {image}
end

function Pandoc(doc)
  local folder = pandoc.utils.stringify(doc.meta['figure-folder'])
  for _, name in ipairs(pandoc.system.list_directory(folder)) do
    local file = assert(io.open(pandoc.path.join {folder, name}, 'rb'))
    pandoc.mediabag.insert(name, 'image/png', file:read 'a')
    file:close()
  end
  doc.blocks = doc.blocks:walk {
    RawInline = function(raw) return pandoc.Str(raw.text) end,
    RawBlock = function(raw) return pandoc.Para {pandoc.Str(raw.text)} end,
  }

  local anchors = {}
  local function remember(element) anchors[element.identifier] = true end
  doc:walk {Header = remember, Span = remember, Div = remember}
  doc:walk {
    Link = function(link)
      local anchor = link.target:match '^#(.+)$'
      if anchor and not anchors[anchor] then
        error("the text refers to '" .. anchor .. "', but no note or heading has that anchor", 0)
      end
    end,
  }

  local heading, bottom, sources, found, seen = nil, nil, nil, pandoc.List(), {}
  local function add(kind, first, blocks)
    if seen[kind] then kind = first else seen[kind] = true end
    if kind then found:insert {rank = RANKS[kind], place = #found, blocks = blocks} end
  end
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Header' then
      heading = block.content
    elseif block.t == 'Div' then
      local kind = block.classes[1]
      if kind == 'bottom-line' then
        bottom = plain(block).content
      elseif kind == 'tiles' then
        add('tiles', nil, slide('Where things stand', tiles(block)))
      elseif kind == 'figure' then
        local title, image = figure(block)
        add('map', 'figure', slide(title or (seen.map and 'In figures' or 'On the map'), image))
      elseif kind == 'table' then
        local grid = data_table(block)
        add('table', 'tables', slide(heading or words(grid.caption.long), grid))
      elseif kind == 'unknowns' then
        add('unknowns', nil, slide(heading, table.unpack(plain(block).content)))
      elseif kind == 'sources' then
        sources = plain(block).content
      end
      if kind == 'table' or kind == 'unknowns' then heading = nil end
    end
  end

  local slides = pandoc.Blocks {}
  if bottom then
    slides = slide('Bottom line', table.unpack(bottom))
    if sources then slides:insert(pandoc.Div(sources, pandoc.Attr('', {'notes'}))) end
  end
  local room = MOST - 1 - (bottom and 1 or 0)
  found:sort(function(a, b) return a.rank < b.rank or a.rank == b.rank and a.place < b.place end)
  local kept = pandoc.List {table.unpack(found, 1, room)}
  kept:sort(function(a, b) return a.place < b.place end)
  for _, chosen in ipairs(kept) do slides:extend(chosen.blocks) end
  local meta = {title = doc.meta.title, lang = doc.meta.lang}
  local below = pandoc.utils.stringify(doc.meta.subtitle or '')
  local edition = pandoc.utils.stringify(doc.meta['edition-line'] or '')
  meta.subtitle = pandoc.MetaInlines {
    pandoc.Str(below), pandoc.LineBreak(), pandoc.Str(edition),
  }
  return pandoc.Pandoc(slides, meta)
end
