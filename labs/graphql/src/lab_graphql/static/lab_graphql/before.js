/* GraphiQL's runtime assigns this global. Where nobody has declared it, it would be declared by eval, which the page's policy forbids. */
var regeneratorRuntime;
