/* Opens GraphiQL on the address that served the page. */
"use strict";

const ask = async (request, options) => {
  const response = await fetch(location.pathname, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json", ...options?.headers },
    body: JSON.stringify(request),
  });
  return response.json();
};

ReactDOM.render(
  React.createElement(GraphiQL, { fetcher: ask, defaultQuery: "# Ctrl-Space completes, Ctrl-Enter asks.\n{\n  __typename\n}\n" }),
  document.getElementById("graphiql"),
);
