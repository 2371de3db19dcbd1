/** A text without API keys and webhook secrets, which an API's messages may repeat in part; of which kind they were stays. */
export const withoutKeys = (text: string): string =>
  text.replaceAll(/\b((?:sk|rk|pk)_(?:test|live)_|(?:sk|rk|pk)_(?!test_|live_)|whsec_)[\w*]+/g, '$1…');
