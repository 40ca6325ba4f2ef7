"""The TypeScript that is made of an SDL."""

from graphql import build_schema

from nexus.graph_pages import reference_page
from nexus.graph_types import HEAD, typescript_text

SDL = """
type Query {
  "Some of them."
  books(first: Int! = 25, kind: Kind, of: [ID!]): [Book!]!
  node(id: ID!): Node
}
type Mutation { put(input: BookIn!): Put }
interface Node { id: ID! }
type Book implements Node { id: ID!  pages: [Int]  length: SafeInt! }
type Wrong { why: String! }
union Put = Book | Wrong
enum Kind { LONG SHORT }
scalar SafeInt
scalar Date
input BookIn { title: String!  isNew: Boolean! = true  on: Date }
"""


def test_each_type_its_nulls_and_its_arguments_are_told():
    assert typescript_text(build_schema(SDL)).removeprefix(HEAD).split("\n\n") == [
        '\nexport interface Query {\n  __typename: "Query";\n  /** Some of them. */\n  books: Book[];\n  node: Node | null;\n}',
        "export interface QueryBooksArguments {\n  first?: number;\n  kind?: Kind | null;\n  of?: string[] | null;\n}",
        "export interface QueryNodeArguments {\n  id: string;\n}",
        'export interface Mutation {\n  __typename: "Mutation";\n  put: Put | null;\n}',
        "export interface MutationPutArguments {\n  input: BookIn;\n}",
        "export type Node = Book;",
        'export interface Book {\n  __typename: "Book";\n  id: string;\n  pages: (number | null)[] | null;\n  length: SafeInt;\n}',
        'export interface Wrong {\n  __typename: "Wrong";\n  why: string;\n}',
        "export type Put = Book | Wrong;",
        'export type Kind = "LONG" | "SHORT";',
        "export type SafeInt = number;",
        "export type Date = string;",
        "export interface BookIn {\n  title: string;\n  isNew?: boolean;\n  on?: Date | null;\n}\n",
    ]


def test_the_reference_has_every_field_with_its_arguments():
    page = reference_page(build_schema(SDL))

    assert (
        "| `books(first: Int! = 25, kind: Kind, of: [ID!])` | [`[Book!]!`](#Book) | Some of them. |" in page
    )
    assert "The 2 queries and 1 mutations" in page
    assert '| <span id="Put">`Put`</span> | [`Book`](#Book) or [`Wrong`](#Wrong) |  |' in page
