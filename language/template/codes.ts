/** What may be wrong with a text or a template file. Listed in docs/reference/diagnostics.md. */
export interface DiagnosticCode {
  code: string;
  title: string;
  explanation: string;
}

export const TEMPLATE_CODES: readonly DiagnosticCode[] = [
  {
    code: 'CB401',
    title: 'Template file not readable',
    explanation:
      'A template is a file `<name>.mjml`, `<name>.html` or `<name>.txt` of at most 256 kB that begins with YAML between two lines of three dashes.',
  },
  {
    code: 'CB402',
    title: 'Front matter is not what is expected',
    explanation:
      'The front matter is a map of texts: `subject`, `preheader`, `from`, `reply_to`. Put texts that hold {{ … }} in quotes.',
  },
  {
    code: 'CB403',
    title: 'Unknown key in front matter',
    explanation: '`subject`, `preheader`, `from` and `reply_to` are the keys of the front matter.',
  },
  {
    code: 'CB404',
    title: 'Template without a subject',
    explanation: 'Every template names the `subject` of its mail.',
  },
  {
    code: 'CB405',
    title: 'Text cannot be read',
    explanation: 'The Handlebars text has a syntax error: a brace that is not closed, a block that does not end.',
  },
  {
    code: 'CB406',
    title: 'Unknown name in a text',
    explanation:
      'A name in {{ … }} begins with one that texts see: `contact`, `trigger`, `steps`, `links`, … An absent value is an empty text.',
  },
  {
    code: 'CB407',
    title: 'Unknown helper, or a helper used wrongly',
    explanation:
      'The helpers are `date`, `time`, `money`, `count`, `url` and `default`; the blocks `if`, `unless`, `each` and `with`.',
  },
  {
    code: 'CB408',
    title: 'Not allowed in texts',
    explanation:
      'Partials, decorators and raw blocks are not part of texts, and {{{ … }}} would put unescaped values into HTML.',
  },
  {
    code: 'CB409',
    title: 'Expression outside quotes in HTML',
    explanation:
      'Escaping protects the content of an element and a quoted attribute, nothing else: `href={{ x }}` lets a value add attributes of its own.',
  },
  {
    code: 'CB410',
    title: 'MJML layout has a fault',
    explanation: 'MJML does not know an element or an attribute, or would drop what is there.',
  },
  {
    code: 'CB411',
    title: 'Text cut by a comment',
    explanation: 'YAML ends a plain text at ` #`. Put a text that holds it in quotes (Y3).',
  },
  {
    code: 'CB412',
    title: 'Not a sender',
    explanation: '`from` and `reply_to` are `address` or `Name <address>`; an address may be one {{ … }}.',
  },
  {
    code: 'CB413',
    title: 'Text nested too deeply',
    explanation: 'Blocks, `else if` and values in parentheses are nested at most 32 deep.',
  },
  {
    code: 'CB414',
    title: 'Value in a link without `url`',
    explanation:
      'In the query of an address (`?email={{ contact.email }}`) a `+` of a value arrives as a blank, and a `&` ends it: write `{{ url contact.email }}`. A warning.',
  },
  {
    code: 'CB417',
    title: 'Mail without a text, or with markup that nothing reads',
    explanation:
      'The file has nothing below its front matter, or tags or Markdown in a .txt, which is plain text. A warning.',
  },
  {
    code: 'CB416',
    title: 'Placeholder of another tool',
    explanation:
      'Values stand between two braces: `{{ contact.name }}`. One brace, a dollar sign before it, `{% … %}` and merge tags go out as they stand. A warning.',
  },
  {
    code: 'CB418',
    title: 'Subject that may come out empty',
    explanation:
      'The subject line has no words of its own, and its values may be missing: the mail is refused as `no_subject`. A value that the trigger’s `where`, the audience or `required` of the settings asks for counts as there. A warning at the `send`.',
  },
];
