-- Says in each format's own terms what the Markdown of a briefing marks as a figure, a table,
-- a note, a citation mark, an edition box or a bottom line.

local html, typst, docx = FORMAT:match 'html', FORMAT == 'typst', FORMAT == 'docx'
-- A table of so few rows is not broken over two pages.
local KEPT_ROWS = 12
local notes, anchors, cited, named, footnotes = {}, {}, {}, {}, {}
local counts = {figure = 0, table = 0, mark = 0}
local words = {}

local function plain(blocks)
  local only = #blocks == 1 and blocks[1]
  if only and (only.t == 'Para' or only.t == 'Plain') then return only.content end
  return pandoc.utils.blocks_to_inlines(blocks)
end

-- A source as a hover note names it: what it is, its day, its grade.
local function named_source(note)
  local what, grade = pandoc.utils.stringify(note):match '^(.-)%. Reliability (%u):'
  return what and ('• ' .. what .. '. Grade\u{a0}' .. grade)
end

-- Notes for the hover: without links, each source that one leads to by its name.
local function without_links(blocks)
  local names = {}
  for _, item in ipairs(blocks[1].content) do
    names['#' .. item[1][1].identifier] = named_source(item[2][1])
  end
  return blocks:walk {
    Link = function(link)
      local name = names[link.target]
      return name and {pandoc.Str(name)} or link.content
    end,
    Span = function(span) return span.content end,
  }
end

-- Inlines between two pieces of Typst.
local function within(before, inlines, after)
  return pandoc.Inlines {pandoc.RawInline('typst', before)} .. inlines
    .. {pandoc.RawInline('typst', after)}
end

local function to_typst(inlines)
  local written = pandoc.write(pandoc.Pandoc {pandoc.Plain(inlines)}, 'typst', {wrap_text = 'none'})
  return (written:gsub('%s+$', ''))
end

-- Text as it stands: Typst would set a minus for a hyphen before a number, and one character for
-- three dots.
local function literal(str)
  local text = str.text
  if typst and (text:find '^%W*%-%d' or text:find '%.%.%.') then
    return pandoc.RawInline('typst', '#"' .. text:gsub('[\\"]', '\\%0') .. '";')
  end
end

-- "Figure 3. " before a caption.
local function numbered(kind, inlines)
  counts[kind] = counts[kind] + 1
  local label = pandoc.Span({pandoc.Str(words[kind] .. ' ' .. counts[kind] .. '.')}, {class = 'label'})
  if typst then label = pandoc.Strong(label.content) end
  return pandoc.Inlines {label, pandoc.Space()} .. inlines
end

local function figure(div)
  local image = div.content[1].content[1]
  local caption = numbered('figure', plain(pandoc.Blocks {table.unpack(div.content, 2)}))
  if typst then
    local alt = pandoc.utils.stringify(image.caption):gsub('[\\"]', '\\%0')
    return pandoc.RawBlock('typst', string.format(
      '#figure(image("%s", alt: "%s"), kind: image, caption: [%s])',
      image.src, alt, to_typst(caption)))
  end
  if docx then
    image.src = image.src:gsub('svg$', 'png')
    -- The map of a brief shares its page with bottom line and story.
    image.attributes.width = words.brief and counts.figure == 1 and '80%' or '100%'
  end
  return pandoc.Figure({pandoc.Plain {image}}, {pandoc.Plain(caption)}, {id = 'figure-' .. counts.figure})
end

-- The rows with their header cells told apart: all of them, or the first of each row.
local function with_scope(rows, scope)
  return rows:map(function(row)
    row.cells = row.cells:map(function(cell, place)
      if scope == 'col' or place == 1 then cell.attr = {scope = scope} end
      return cell
    end)
    return row
  end)
end

-- Each cell with the name of its column, which it carries where a table is shown as cards.
local function with_labels(body, head)
  local labels = head.rows[1] and head.rows[1].cells:map(function(cell)
    return pandoc.utils.stringify(cell.contents)
  end) or {}
  for _, row in ipairs(body) do
    for place, cell in ipairs(row.cells) do
      if place > 1 and labels[place] ~= '' then cell.attributes.label = labels[place] end
    end
  end
  return body
end

local function data_table(div)
  local grid = div.content[#div.content]
  local caption = numbered('table', plain(pandoc.Blocks {table.unpack(div.content, 1, #div.content - 1)}))
  local id = 'table-' .. counts.table
  local widths = {}
  for share in (div.attributes.widths or ''):gmatch '%S+' do
    table.insert(widths, tonumber(share))
  end
  for place, column in ipairs(grid.colspecs) do
    grid.colspecs[place] = {column[1], widths[place]}
  end
  if html then
    caption = {pandoc.Span(caption, {id = id .. '-caption'})}
    grid.head.rows = with_scope(grid.head.rows, 'col')
    grid.bodies = grid.bodies:map(function(body)
      body.row_head_columns = 1
      body.body = with_labels(with_scope(body.body, 'row'), grid.head)
      return body
    end)
  end
  grid.caption = {long = {pandoc.Plain(caption)}}
  grid.attr = {id = id}
  if typst and #grid.bodies[1].body <= KEPT_ROWS then
    return {pandoc.RawBlock('typst', '#block(breakable: false)['), grid, pandoc.RawBlock('typst', ']')}
  end
  if not html then return grid end
  return pandoc.Div({grid}, pandoc.Attr('', {'scroll'},
    {{'role', 'region'}, {'tabindex', '0'}, {'aria-labelledby', id .. '-caption'}}))
end

-- A link in HTML with its note behind it, hidden until hover, focus or touch.
local function with_note(link, note, class)
  counts.mark = counts.mark + 1
  local id = 'note-' .. counts.mark
  link.attributes['aria-describedby'] = id
  -- Only now: what a superscript holds is a copy.
  local shown = class[2] and pandoc.Superscript {link} or link
  -- A finger can focus what has a tabindex; below zero it is no stop of the Tab key.
  return pandoc.Span({shown, pandoc.Span(note, pandoc.Attr(id, {'tip'}, {{'role', 'tooltip'}}))},
    pandoc.Attr('', class, {{'tabindex', '-1'}}))
end

-- A key source as its note names it: the list says "B" under a heading that tells of grades.
local function with_grade(inlines)
  local note = inlines:clone()
  if note[#note] and note[#note].t == 'Str' and note[#note].text:match '^%u$' then
    note:insert(#note, pandoc.Str 'Grade\u{a0}')
  end
  return note
end

-- A footnote of Word, with a reference to it where the same source is cited again.
local function footnote(anchor)
  local number = footnotes[anchor]
  if not number then
    footnotes.last = (footnotes.last or 0) + 1
    footnotes[anchor] = footnotes.last
    return pandoc.Span({pandoc.Note {pandoc.Para(named[anchor])}}, {id = 'footnote_' .. footnotes.last})
  end
  local function field(kind)
    return '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:fldChar w:fldCharType="' .. kind .. '"/></w:r>'
  end
  return pandoc.RawInline('openxml', field 'begin'
    .. '<w:r><w:instrText xml:space="preserve"> NOTEREF footnote_' .. number .. ' \\f \\h </w:instrText></w:r>' .. field 'separate'
    .. '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:t>' .. number .. '</w:t></w:r>' .. field 'end')
end

-- A link to a note.
local function mark(link)
  if link.classes:includes 'annex' then
    link.target = link.target .. (typst and '.pdf' or '.html')
    link.classes = html and {} or link.classes
    return link
  end
  local anchor = link.target:match '^#(.+)$'
  if anchor and link.classes:includes 'source' then
    if typst then return within('#mark(<' .. anchor .. '>)[', link.content, ']') end
    if docx and named[anchor] then return footnote(anchor) end
    local note = html and named[anchor]
    if not note then return pandoc.Superscript {link} end
    return with_note(link, note, {'cite', 'above'})
  end
  if not anchor then return nil end
  if not anchors[anchor] then
    error("the text refers to '" .. anchor .. "', but no note or heading has that anchor", 0)
  end
  local note = notes[anchor]
  if not note then return nil end
  local id = ''
  if not cited[anchor] then
    cited[anchor] = true
    id = 'cited-' .. anchor
  end
  if typst then
    local label = id ~= '' and ('#[]<' .. id .. '>') or ''
    return within(label .. '#mark(<' .. anchor .. '>)[', link.content, ']')
  end
  if not html then
    link.content = {pandoc.Span(link.content, {['custom-style'] = 'Citation Mark'})}
    return pandoc.Span({link}, {id = id})
  end
  link.attr = pandoc.Attr(id)
  return with_note(link, note, {'cite'})
end

local function is_mark(inline)
  return inline and inline.t == 'Link' and notes[inline.target:sub(2)]
end

-- The first of several marks stays on the line of the word it follows.
local function keep_marks(inlines)
  for place = 3, #inlines do
    local gap = inlines[place - 1]
    if is_mark(inlines[place]) and not is_mark(inlines[place - 2])
      and (gap.t == 'Space' or gap.t == 'SoftBreak') then
      inlines[place - 1] = pandoc.Str '\u{202f}'
    end
  end
  return inlines
end

-- "Country: Niger   As of: 1 June 2020" in one paragraph.
local function one_line(list)
  local facts = pandoc.Inlines {}
  for place, item in ipairs(list.content) do
    if place > 1 then facts:insert(pandoc.Str '   ') end
    facts:extend(item[1] .. {pandoc.Str ': ', pandoc.Strong(plain(item[2][1]))})
  end
  return pandoc.Para(facts)
end

-- Each note leads back to the first mark that cites it.
local function note_list(div)
  for _, item in ipairs(div.content[1].content) do
    local anchor = item[1][1].identifier
    if cited[anchor] then
      local arrow = pandoc.Link('↑', '#cited-' .. anchor, '',
        pandoc.Attr('', {'back'}, {{'aria-label', words.back}}))
      local last = item[2][1][#item[2][1]]
      last.content:extend {pandoc.Space(), arrow}
    end
  end
  if typst then
    local list = pandoc.Blocks {pandoc.RawBlock('typst', '#notes[')}
    for _, item in ipairs(div.content[1].content) do
      list:insert(pandoc.Plain(
        within('/ #box(width: 3em)[', item[1], ']: ') .. plain(item[2][1])))
    end
    list:insert(pandoc.RawBlock('typst', ']'))
    return list
  end
  return div
end

-- Four short facts side by side.
local function tiles(div)
  if html then return div end
  if docx then
    local cells = div.content:map(function(tile) return pandoc.Cell(tile.content) end)
    local row = pandoc.Row(cells)
    local specs = {}
    for _ = 1, #cells do table.insert(specs, {pandoc.AlignDefault, 1 / #cells}) end
    return pandoc.Table({long = {}}, specs, pandoc.TableHead(), {{attr = pandoc.Attr(), body = {row}, head = {}, row_head_columns = 0}}, pandoc.TableFoot())
  end
  local blocks = pandoc.Blocks {pandoc.RawBlock('typst', '#tiles((')}
  for _, tile in ipairs(div.content) do
    blocks:insert(pandoc.RawBlock('typst', '['))
    blocks:extend(tile.content)
    blocks:insert(pandoc.RawBlock('typst', '],'))
  end
  blocks:insert(pandoc.RawBlock('typst', '))'))
  return blocks
end

-- A phase of the story: its title and time beside its sentences.
local function phase(div)
  if docx then
    local title, when = div.content[1], div.content[2]
    if when.content[1] and when.content[1].t == 'Span' and when.content[1].classes:includes 'when' then
      title.content = title.content .. {pandoc.Str ' · '} .. when.content
      div.content:remove(2)
    end
  end
  if not typst then return div end
  local left, right = pandoc.Blocks {}, pandoc.Blocks {}
  for place, block in ipairs(div.content) do
    local when = block.t == 'Para' and #block.content == 1 and block.content[1].t == 'Span'
      and block.content[1].classes:includes 'when'
    if block.t == 'Header' or when then left:insert(block) else right:insert(block) end
  end
  return pandoc.Blocks {pandoc.RawBlock('typst', '#phase[')} .. left
    .. {pandoc.RawBlock('typst', '][')} .. right .. {pandoc.RawBlock('typst', ']')}
end

local function wrapped(name)
  return function(div)
    if not typst then return div end
    return pandoc.Blocks {pandoc.RawBlock('typst', '#' .. name .. '[')} .. div.content
      .. {pandoc.RawBlock('typst', ']')}
  end
end

-- The key sources in two columns of equal length.
local function sources(div)
  local list = div.content[1]
  if not typst or not list or list.t ~= 'OrderedList' then return div end
  local half = math.ceil(#list.content / 2)
  local function part(first, last)
    local items = pandoc.List {table.unpack(list.content, first, last)}
    return pandoc.OrderedList(items, pandoc.ListAttributes(first, list.style, list.delimiter))
  end
  return pandoc.Blocks {
    pandoc.RawBlock('typst', '#sources['), part(1, half), pandoc.RawBlock('typst', ']['),
    part(half + 1, #list.content), pandoc.RawBlock('typst', ']'),
  }
end

-- A chance as a word, per cent and a bar from 0 to 100.
local function chance(span)
  local low, high = tonumber(span.attributes.low), tonumber(span.attributes.high)
  if not low or not high then return nil end
  if typst then
    return within('#chance(' .. low .. ', ' .. high .. ')[', span.content, ']')
  end
  if html then
    local bar = string.format('<span class="bar" aria-hidden="true"><span style="margin-left:%g%%;width:%g%%"></span></span>', low, math.max(high - low, 2))
    return pandoc.Inlines {pandoc.Span(span.content, {class = 'chance'}), pandoc.RawInline('html', bar)}
  end
  return span.content
end

-- What was marked to be left out first where the pages are full.
local function fitting(doc, step)
  local function keep(element)
    local drop = tonumber(element.attributes and element.attributes.drop)
    if drop and drop <= step then return {} end
  end
  return doc:walk {
    Div = keep,
    BulletList = function(list)
      list.content = list.content:filter(function(item)
        local first = item[1] and item[1].content and item[1].content[1]
        local drop = first and first.t == 'Span' and tonumber(first.attributes.drop)
        return not (drop and drop <= step)
      end)
      return list
    end,
  }
end

-- Blocks with what becomes of the divs among them, from the inside out; nothing else is looked at.
local function over_divs(blocks, change)
  local changed = pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    local made
    if block.t == 'Div' then
      block.content = over_divs(block.content, change)
      made = change(block)
    end
    if type(made) == 'table' then changed:extend(made) else changed:insert(made or block) end
  end
  return changed
end

function Pandoc(doc)
  local step = doc.meta.dropped and tonumber(pandoc.utils.stringify(doc.meta.dropped)) or 0
  doc.meta.dropped = nil
  if step > 0 then doc = fitting(doc, step) end
  for _, kind in ipairs {'figure', 'table', 'back', 'bottom-line'} do
    words[kind] = pandoc.utils.stringify(doc.meta['word-' .. kind])
  end

  words.brief = doc.meta.brief
  -- pandoc's sandbox opens no file for Word; the filter, which is ours, hands the pictures over.
  if docx and doc.meta['figure-folder'] then
    local folder = pandoc.utils.stringify(doc.meta['figure-folder'])
    doc.meta['figure-folder'] = nil
    for _, name in ipairs(pandoc.system.list_directory(folder)) do
      local file = assert(io.open(pandoc.path.join {folder, name}, 'rb'))
      pandoc.mediabag.insert(name, 'image/png', file:read 'a')
      file:close()
    end
  end
  for key in pairs(doc.meta) do
    -- Word stores every value it does not know as a custom property of the file.
    if docx and (key:match '^word%-' or key == 'as-of' or key:match '^beside' or key == 'brief' or key == 'edition-line') then
      doc.meta[key] = nil
    end
  end

  -- Level 1 is the title's: a leading one is replaced by it, another becomes a section. PDF and
  -- DOCX count sections from 1; no level may be skipped.
  local top, last = html and 2 or 1, html and 1 or 0
  local first = true
  local function remember(element)
    if element.identifier ~= '' then anchors[element.identifier] = true end
  end
  -- Every walk carries the whole text from Haskell to Lua and back, so there are few.
  doc = doc:walk {
    traverse = 'topdown',
    Image = function(image) return image, false end, -- its alt text stays as it is
    Str = literal,
    RawInline = function(raw) return pandoc.Str(raw.text) end,
    RawBlock = function(raw) return pandoc.Para {pandoc.Str(raw.text)} end,
    Header = function(header)
      remember(header)
      local leading = first
      first = false
      if leading and header.level == 1 then return {} end
      last = math.min(math.max(header.level, 2) - 2 + top, last + 1)
      header.level = last
      return header
    end,
    Span = remember, Div = remember,
  }
  over_divs(doc.blocks, function(div)
    if div.classes:includes 'sources' then
      div:walk {Span = function(span) named[span.identifier] = with_grade(span.content) end}
    end
    if not div.classes:includes 'notes' then return end
    -- All at once: a walk over each note would cost more than the rest of this filter.
    local shown = html and without_links(div.content)[1].content
    for place, item in ipairs(div.content[1].content) do
      notes[item[1][1].identifier] = not html or plain(shown[place][2][1])
    end
  end)

  doc = doc:walk {
    traverse = 'topdown',
    Div = function(div)
      if div.classes:includes 'notes' then return div, false end
    end,
    Inlines = next(notes) and keep_marks or nil,
    Link = function(link) return mark(link), false end,
    Span = function(span) if span.classes:includes 'chance' then return chance(span) end end,
  }
  local after = {
    figure = figure, ['table'] = data_table, notes = note_list, tiles = tiles, phase = phase,
    story = wrapped 'story', sources = sources, unknowns = wrapped 'unknowns',
    annex = wrapped 'annex', since = wrapped 'since', imprint = wrapped 'imprint',
    changes = wrapped 'unknowns',
  }
  doc.blocks = over_divs(doc.blocks, function(div)
    for class, make in pairs(after) do
      if div.classes:includes(class) then return make(div) end
    end
  end)

  -- A line that introduces an exhibit goes to the next page with it.
  if typst then
    local blocks = doc.blocks
    for place = #blocks - 1, 1, -1 do
      local following = blocks[place + 1]
      if blocks[place].t == 'Para' and following.t == 'RawBlock' and following.text:match '^#figure' then
        blocks:insert(place + 1, pandoc.RawBlock('typst', ']'))
        blocks:insert(place, pandoc.RawBlock('typst', '#block(sticky: true)['))
      end
    end
    doc.blocks = blocks
  end

  -- What HTML takes for an attribute of its own, and allows on text fields alone.
  local function rows_as_data(element)
    if not element.attributes.rows then return nil end
    element.attributes['data-rows'], element.attributes.rows = element.attributes.rows, nil
    return element
  end
  if html then doc = doc:walk {Span = rows_as_data, Link = rows_as_data, Div = rows_as_data} end

  -- The cover's parts stand where the template wants them; DOCX has no template, so they stay.
  local rest = pandoc.Blocks {}
  for _, block in ipairs(doc.blocks) do
    local part = block.t == 'Div' and block.classes[1]
    if part == 'edition' or part == 'bottom-line' then
      if docx and part == 'edition' then
        rest:insert(pandoc.Div({one_line(block.content[1])}, {['custom-style'] = 'Edition'}))
      elseif docx then
        local label = pandoc.Para {pandoc.Str(words['bottom-line'])}
        rest:insert(pandoc.Div({label}, {['custom-style'] = 'Bottom Line Label'}))
        block.attributes['custom-style'] = 'Bottom Line'
        rest:insert(block)
      else
        local content = block.content
        if typst and part == 'edition' then
          content = content[1].content:map(function(item)
            return pandoc.Plain(within('([', item[1], '], ') .. within('[', plain(item[2][1]), ']),'))
          end)
        end
        doc.meta[part] = pandoc.MetaBlocks(content)
      end
    elseif docx and part == 'sources' and footnotes.last then
      rest:remove() -- its heading: Word's footnotes hold the list
    else
      rest:insert(block)
    end
  end
  doc.blocks = rest
  return doc
end
