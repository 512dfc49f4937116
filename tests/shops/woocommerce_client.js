// WooCommerce's own client for Node against a shop. Arguments: URL, key, secret. Steps come on stdin as a JSON array of
// [method, path, body or null, query or null]; printed is an array of {code, data, total}. The test judges it.
const WooCommerceRestApi = require('@woocommerce/woocommerce-rest-api').default;
const [url, consumerKey, consumerSecret] = process.argv.slice(2);
const steps = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const shop = new WooCommerceRestApi({ url, consumerKey, consumerSecret, version: 'wc/v3' });

async function step([method, path, body, query]) {
  const answer = await (body ? shop[method](path, body, query || {}) : shop[method](path, query || {})).catch((e) => e.response);
  return { code: answer.status, data: answer.data, total: answer.headers['x-wp-total'] };
}

(async () => {
  const seen = [];
  for (const one of steps) seen.push(await step(one));
  console.log(JSON.stringify(seen));
})();
