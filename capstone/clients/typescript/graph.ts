// The types of the graph's SDL. Written by tools/nexus/graph_types.py: run .venv/bin/python -m nexus.pages
// An object has every field of its type; pick what your document asks for: Pick<Audiobook, "id" | "title">.

/** Where a page of a connection stands. */
export interface PageInfo {
  __typename: "PageInfo";
  hasNextPage: boolean;
  /** True where the page was asked for with after. */
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

/** The input is wrong; nothing has changed. */
export interface InvalidInput {
  __typename: "InvalidInput";
  errors: InputError[];
}

/** One wrong value. */
export interface InputError {
  __typename: "InputError";
  /** The names from the mutation's argument to the value. */
  path: string[];
  code: string;
  message: string;
}

/** A date, as `2026-01-02` (ISO 8601). */
export type Date = string;

/** An instant, as `2026-01-02T09:00:00Z` (RFC 3339), with its offset. */
export type DateTime = string;

/** A whole number up to 2^53, where JavaScript's stop being exact: milliseconds, revisions. GraphQL's Int ends at 2^31. */
export type SafeInt = number;

/** A decimal number as text, `1.5`, so that no digit is lost. */
export type Decimal = string;

export type Role = "LISTENER" | "CURATOR" | "STAFF";

/** The caller's account, and what is theirs. */
export interface Me {
  __typename: "Me";
  id: string;
  username: string;
  email: string;
  role: Role;
  /** What you want to hear, hear, have heard or gave up. */
  library: LibraryEntryConnection;
  /** Your own lists of recordings, by name. */
  shelves: ShelfConnection;
  /** Places to find again, the newest first; in one recording, or in all. */
  bookmarks: BookmarkConnection;
  /** Where you are in each recording, the one heard last first. */
  positions: PositionConnection;
  /** How much you heard, in recordings' time; the last days, today included: from 1 to 366. */
  stats: Stats;
  /** What you wrote, hidden or not, the newest first. */
  reviews: ReviewConnection;
}

export interface MeLibraryArguments {
  state?: EntryState | null;
  order?: EntryOrder;
  first?: number;
  after?: string | null;
}

export interface MeShelvesArguments {
  first?: number;
  after?: string | null;
}

export interface MeBookmarksArguments {
  audiobook?: string | null;
  first?: number;
  after?: string | null;
}

export interface MePositionsArguments {
  first?: number;
  after?: string | null;
}

export interface MeStatsArguments {
  days?: number;
}

export interface MeReviewsArguments {
  first?: number;
  after?: string | null;
}

export interface Query {
  __typename: "Query";
  /** Recordings you may know of: open ones; with an access token all that are ready; a curator sees drafts too. */
  audiobooks: AudiobookConnection;
  /** One recording. `AUDIOBOOK_UNKNOWN` where there is none, or you may not know of it. */
  audiobook: Audiobook | null;
  /** An author, narrator, translator or editor of something you may know of. Somebody merged into another is that other. */
  person: Person | null;
  /** A series with a book that you may know of. */
  series: Series | null;
  /** Whatever has this id: a recording, a work, a person or a series. */
  node: Node | null;
  /** You, and what is yours. `NOT_AUTHENTICATED` without an access token: log in by REST, `POST /api/v1/auth/token/`. */
  me: Me | null;
  /** Recordings by title, work, series, people, genre, publisher and summary, in any language; the best first. */
  search: SearchConnection;
  /** Titles, people and series that begin with what was typed, then those that are near it. At most 8. */
  suggestions: Suggestion[];
  /** One review. A hidden one is its author's and staff's to see. */
  review: Review | null;
}

export interface QueryAudiobooksArguments {
  filter?: AudiobookFilter | null;
  order?: AudiobookOrder;
  /** From 1 to 100. */
  first?: number;
  /** A cursor of this list, with the same filter and order. */
  after?: string | null;
}

export interface QueryAudiobookArguments {
  id: string;
}

export interface QueryPersonArguments {
  id: string;
}

export interface QuerySeriesArguments {
  id: string;
}

export interface QueryNodeArguments {
  id: string;
}

export interface QuerySearchArguments {
  /** Words in any order; the first 12 count. Case, accents and apostrophes do not. */
  query: string;
  filter?: AudiobookFilter | null;
  first?: number;
  after?: string | null;
}

export interface QuerySuggestionsArguments {
  query: string;
}

export interface QueryReviewArguments {
  id: string;
}

/** What its id alone finds. An id is a UUID, the same as in REST. */
export type Node = Audiobook | Book | Person | Series;

/** Narrows a list; what is left out narrows nothing. The same filters as REST's. */
export interface AudiobookFilter {
  /** Words of the title, in any order, without regard to case or accents. */
  q?: string | null;
  book?: string | null;
  author?: string | null;
  narrator?: string | null;
  /** Credited as anything. */
  person?: string | null;
  series?: string | null;
  publisher?: string | null;
  /** A genre's slug; genres below it count. */
  genre?: string | null;
  /** BCP 47; `pt` finds pt-BR too. */
  language?: string | null;
  access?: Access | null;
  /** Listeners see READY alone. */
  status?: AudiobookStatus | null;
  isAbridged?: boolean | null;
  releasedFrom?: Date | null;
  releasedUntil?: Date | null;
  durationMinMs?: SafeInt | null;
  durationMaxMs?: SafeInt | null;
}

export type AudiobookOrder = "TITLE" | "TITLE_DESC" | "RELEASED_ON" | "RELEASED_ON_DESC" | "DURATION" | "DURATION_DESC";

/** Whom a recording is for: members are whoever has an account; RESTRICTED needs a grant to be heard. */
export type Access = "OPEN" | "MEMBERS" | "RESTRICTED";

export type AudiobookStatus = "DRAFT" | "PROCESSING" | "READY" | "WITHDRAWN";

export type CreditRole = "AUTHOR" | "NARRATOR" | "TRANSLATOR" | "EDITOR";

export interface AudiobookConnection {
  __typename: "AudiobookConnection";
  nodes: Audiobook[];
  edges: AudiobookEdge[];
  pageInfo: PageInfo;
}

export interface AudiobookEdge {
  __typename: "AudiobookEdge";
  cursor: string;
  node: Audiobook;
}

/** One recording of a work: in one language, by its narrators, whole or abridged. */
export interface Audiobook {
  __typename: "Audiobook";
  id: string;
  /** In the recording's language. */
  title: string;
  subtitle: string;
  summary: string;
  /** BCP 47. */
  language: string;
  isAbridged: boolean;
  releasedOn: Date;
  durationMs: SafeInt;
  access: Access;
  status: AudiobookStatus;
  book: Book;
  authors: Person[];
  narrators: Person[];
  /** Who did what. */
  credits: Credit[];
  genres: Genre[];
  series: SeriesPlace[];
  publisher: Publisher | null;
  cover: Cover | null;
  rating: Rating;
  chapters: ChapterConnection;
  externalIds: ExternalId[];
  /** Grows with every change; REST's ETag is made of it. */
  version: number;
  createdAt: DateTime;
  updatedAt: DateTime;
  /** What it is in your library; null where it is not there, and for strangers. */
  libraryEntry: LibraryEntry | null;
  /** Where you are in it; null where you never were, and for strangers. */
  position: Position | null;
  /** What listeners say. */
  reviews: ReviewConnection;
}

export interface AudiobookChaptersArguments {
  first?: number;
  after?: string | null;
}

export interface AudiobookReviewsArguments {
  order?: ReviewOrder;
  first?: number;
  after?: string | null;
}

/** A work: what all its recordings share. */
export interface Book {
  __typename: "Book";
  id: string;
  title: string;
  subtitle: string;
  /** BCP 47. */
  originalLanguage: string;
  firstPublishedYear: number | null;
  /** Its recordings, in the order of their titles. */
  audiobooks: AudiobookConnection;
}

export interface BookAudiobooksArguments {
  first?: number;
  after?: string | null;
}

export interface Person {
  __typename: "Person";
  id: string;
  name: string;
  /** Negative before the common era. */
  bornYear: number | null;
  diedYear: number | null;
  /** A synthesised voice, not a human being. */
  isSynthetic: boolean;
  /** What they are credited on, in one role or in any, in the order of the titles. */
  audiobooks: AudiobookConnection;
}

export interface PersonAudiobooksArguments {
  role?: CreditRole | null;
  first?: number;
  after?: string | null;
}

export interface Credit {
  __typename: "Credit";
  role: CreditRole;
  person: Person;
}

export interface Genre {
  __typename: "Genre";
  slug: string;
  name: string;
  /** The slug of the genre above. */
  parent: string | null;
}

export interface Publisher {
  __typename: "Publisher";
  id: string;
  name: string;
}

/** Books that belong together, in an order. */
export interface Series {
  __typename: "Series";
  id: string;
  name: string;
  /** Its books, in order. */
  books: SeriesBookConnection;
}

export interface SeriesBooksArguments {
  first?: number;
  after?: string | null;
}

export interface SeriesBookConnection {
  __typename: "SeriesBookConnection";
  nodes: SeriesBook[];
  edges: SeriesBookEdge[];
  pageInfo: PageInfo;
}

export interface SeriesBookEdge {
  __typename: "SeriesBookEdge";
  cursor: string;
  node: SeriesBook;
}

/** One book of a series, with its place. */
export interface SeriesBook {
  __typename: "SeriesBook";
  /** Orders the books: 1.5 lies between 1 and 2. */
  sequence: Decimal;
  /** What to show instead of the number, where there is something. */
  label: string;
  book: Book;
}

/** A recording's place in one series. */
export interface SeriesPlace {
  __typename: "SeriesPlace";
  sequence: Decimal;
  label: string;
  series: Series;
}

/** A picture in every size there is; what an address answers never changes. */
export interface Cover {
  __typename: "Cover";
  sha256: string;
  /** The picture's text alternative. */
  description: string;
  images: CoverImage[];
}

export interface CoverImage {
  __typename: "CoverImage";
  widthPx: number;
  url: string;
}

/** What listeners think: averages of 1 to 5 stars, null where nobody has given any. */
export interface Rating {
  __typename: "Rating";
  /** How many listeners gave stars. */
  count: number;
  overall: number | null;
  /** Of the reading. */
  performance: number | null;
  /** Of the work. */
  story: number | null;
  /** How many gave 1, 2, 3, 4 and 5 stars overall. */
  histogram: number[];
}

/** It is gone; your other devices are told. */
export interface Deleted {
  __typename: "Deleted";
  id: string;
}

/** A named stretch of the recording: [startMs, endMs). */
export interface Chapter {
  __typename: "Chapter";
  /** 1 for the first. */
  position: number;
  title: string;
  startMs: SafeInt;
  endMs: SafeInt;
}

export interface ChapterConnection {
  __typename: "ChapterConnection";
  nodes: Chapter[];
  edges: ChapterEdge[];
  pageInfo: PageInfo;
}

export interface ChapterEdge {
  __typename: "ChapterEdge";
  cursor: string;
  node: Chapter;
}

/** What another catalogue calls it. */
export interface ExternalId {
  __typename: "ExternalId";
  scheme: string;
  value: string;
}

export interface SearchConnection {
  __typename: "SearchConnection";
  nodes: Audiobook[];
  edges: AudiobookEdge[];
  pageInfo: PageInfo;
  /** What the found have in common with what was asked. */
  closeness: Closeness;
  /** What all that was found is made up of, not this page alone. */
  facets: Facets;
}

/** All WORDS; all but words such as *the*; words one letter apart, or longer; or letters in common. */
export type Closeness = "WORDS" | "KEY_WORDS" | "NEAR_WORDS" | "SIMILAR";

/** Up to 20 values each, the commonest first. */
export interface Facets {
  __typename: "Facets";
  language: Facet[];
  genre: Facet[];
  author: Facet[];
  narrator: Facet[];
}

/** One value to narrow by. */
export interface Facet {
  __typename: "Facet";
  /** For the filter of the facet's name. */
  value: string;
  label: string;
  /** How many recordings it leaves. */
  count: number;
}

export type SuggestionKind = "AUDIOBOOK" | "PERSON" | "SERIES";

export interface Suggestion {
  __typename: "Suggestion";
  kind: SuggestionKind;
  id: string;
  text: string;
}

export interface Mutation {
  __typename: "Mutation";
  /** Have a recording in your library. Sent twice, it is done once, as every mutation here. */
  entryPut: EntryPutResult | null;
  /** Take a recording out of your library; where you were in it is kept. */
  entryDelete: Deleted | null;
  /** Make or rename a shelf. Your device makes a random id. */
  shelfPut: ShelfPutResult | null;
  /** Delete a shelf; what stands on it stays in your library. */
  shelfDelete: Deleted | null;
  /** Put a recording on a shelf, or move it there. */
  shelfItemPut: ShelfItemPutResult | null;
  /** Take a recording off its shelf. */
  shelfItemDelete: Deleted | null;
  /** Have a bookmark, or a clip. Your device makes a random id, online or off. */
  bookmarkPut: BookmarkPutResult | null;
  /** Delete a bookmark. */
  bookmarkDelete: Deleted | null;
  /** Tell what was played offline: up to 500 events of up to 50 sittings, in any order. Each event has its own outcome; send them again where the answer is lost. */
  positionsSync: PositionsSyncResult | null;
  /** Review a recording that you may hear; one of each listener. `REVIEW_EXISTS` where you have. */
  reviewCreate: ReviewCreateResult | null;
  /** Change your review. `PRECONDITION_FAILED` where it is no longer of the version you have seen. */
  reviewChange: ReviewChangeResult | null;
  /** Delete your review, with the votes it got. You may write another. */
  reviewDelete: Deleted | null;
  /** Say that somebody else's review helped, or take that back. */
  reviewVote: Review | null;
}

export interface MutationEntryPutArguments {
  input: EntryInput;
}

export interface MutationEntryDeleteArguments {
  audiobook: string;
}

export interface MutationShelfPutArguments {
  input: ShelfInput;
}

export interface MutationShelfDeleteArguments {
  id: string;
}

export interface MutationShelfItemPutArguments {
  input: ShelfItemInput;
}

export interface MutationShelfItemDeleteArguments {
  id: string;
}

export interface MutationBookmarkPutArguments {
  input: BookmarkInput;
}

export interface MutationBookmarkDeleteArguments {
  id: string;
}

export interface MutationPositionsSyncArguments {
  input: PositionsInput;
}

export interface MutationReviewCreateArguments {
  input: ReviewInput;
}

export interface MutationReviewChangeArguments {
  input: ReviewChangeInput;
}

export interface MutationReviewDeleteArguments {
  id: string;
}

export interface MutationReviewVoteArguments {
  id: string;
  helped: boolean;
}

export type EntryState = "WISHLIST" | "IN_PROGRESS" | "FINISHED" | "ABANDONED";

export type EntryOrder = "CHANGED_AT_DESC" | "TITLE";

/** A recording in your library, and how far it has come there. */
export interface LibraryEntry {
  __typename: "LibraryEntry";
  audiobook: Audiobook;
  state: EntryState;
  changedAt: DateTime;
  /** Your change that put it there. */
  revision: SafeInt;
}

export interface LibraryEntryConnection {
  __typename: "LibraryEntryConnection";
  nodes: LibraryEntry[];
  edges: LibraryEntryEdge[];
  pageInfo: PageInfo;
}

export interface LibraryEntryEdge {
  __typename: "LibraryEntryEdge";
  cursor: string;
  node: LibraryEntry;
}

export interface Shelf {
  __typename: "Shelf";
  /** As your device chose it. */
  id: string;
  name: string;
  /** How many recordings stand on it. */
  size: number;
  createdAt: DateTime;
  revision: SafeInt;
  /** In the order you gave it. */
  items: ShelfItemConnection;
}

export interface ShelfItemsArguments {
  first?: number;
  after?: string | null;
}

export interface ShelfConnection {
  __typename: "ShelfConnection";
  nodes: Shelf[];
  edges: ShelfEdge[];
  pageInfo: PageInfo;
}

export interface ShelfEdge {
  __typename: "ShelfEdge";
  cursor: string;
  node: Shelf;
}

export interface ShelfItem {
  __typename: "ShelfItem";
  id: string;
  audiobook: Audiobook;
  /** Items stand in its order; it means nothing else. Beyond 2^53, so it is text. */
  rank: string;
  revision: SafeInt;
}

export interface ShelfItemConnection {
  __typename: "ShelfItemConnection";
  nodes: ShelfItem[];
  edges: ShelfItemEdge[];
  pageInfo: PageInfo;
}

export interface ShelfItemEdge {
  __typename: "ShelfItemEdge";
  cursor: string;
  node: ShelfItem;
}

/** A place to find again; with an end it is a clip: [startMs, endMs). */
export interface Bookmark {
  __typename: "Bookmark";
  /** As your device chose it. */
  id: string;
  audiobook: Audiobook;
  startMs: SafeInt;
  endMs: SafeInt | null;
  note: string;
  createdAt: DateTime;
  revision: SafeInt;
}

export interface BookmarkConnection {
  __typename: "BookmarkConnection";
  nodes: Bookmark[];
  edges: BookmarkEdge[];
  pageInfo: PageInfo;
}

export interface BookmarkEdge {
  __typename: "BookmarkEdge";
  cursor: string;
  node: Bookmark;
}

export interface EntryInput {
  audiobook: string;
  state: EntryState;
}

export interface ShelfInput {
  id: string;
  name: string;
}

export interface ShelfItemInput {
  shelf: string;
  audiobook: string;
  /** The recording before it; null: first; left out: last. */
  after?: string | null;
}

export interface BookmarkInput {
  id: string;
  audiobook: string;
  startMs: SafeInt;
  /** Makes it a clip, of 15 minutes at most. */
  endMs?: SafeInt | null;
  note?: string | null;
}

export type EntryPutResult = EntryPut | InvalidInput;

export interface EntryPut {
  __typename: "EntryPut";
  entry: LibraryEntry;
  isNew: boolean;
}

export type ShelfPutResult = ShelfPut | InvalidInput;

export interface ShelfPut {
  __typename: "ShelfPut";
  shelf: Shelf;
  isNew: boolean;
}

export type ShelfItemPutResult = ShelfItemPut | InvalidInput;

export interface ShelfItemPut {
  __typename: "ShelfItemPut";
  item: ShelfItem;
  isNew: boolean;
}

export type BookmarkPutResult = BookmarkPut | InvalidInput;

export interface BookmarkPut {
  __typename: "BookmarkPut";
  bookmark: Bookmark;
  isNew: boolean;
}

/** Where a listener is in a recording. */
export interface Position {
  __typename: "Position";
  id: string;
  audiobook: Audiobook;
  positionMs: SafeInt;
  /** Counts deliberate restarts, by whoever restarts. */
  generation: number;
  /** By the server's clock. */
  heardAt: DateTime;
  device: Device;
  /** Your change that put it there. */
  revision: SafeInt;
}

export interface PositionConnection {
  __typename: "PositionConnection";
  nodes: Position[];
  edges: PositionEdge[];
  pageInfo: PageInfo;
}

export interface PositionEdge {
  __typename: "PositionEdge";
  cursor: string;
  node: Position;
}

export interface Device {
  __typename: "Device";
  /** As the device chose it. */
  id: string;
  name: string;
}

export interface Stats {
  __typename: "Stats";
  /** Of all recordings, each millisecond once. */
  heardMs: SafeInt;
  /** Days with listening, the newest first. */
  days: StatsDay[];
}

/** A day, UTC. */
export interface StatsDay {
  __typename: "StatsDay";
  day: Date;
  listenedMs: SafeInt;
}

export interface PositionsInput {
  device: DeviceInput;
  /** By the same clock as everything else in here: its error cancels out. */
  sentAt: DateTime;
  sessions: SittingInput[];
  events: EventInput[];
}

/** The device, by the random id that it made once and keeps. */
export interface DeviceInput {
  id: string;
  name: string;
}

/** A sitting that the device began by itself. */
export interface SittingInput {
  /** Random, made by the device. */
  id: string;
  audiobook: string;
  startedAt: DateTime;
  /** The last revision it had been told. */
  seenRevision: SafeInt;
}

/** Where a device was, and what it played up to there. */
export interface EventInput {
  session: string;
  /** The device's own count of its events, over all sessions. */
  seq: SafeInt;
  /** By the device's clock, right or wrong. */
  at: DateTime;
  /** The position's; one more is a restart. */
  generation: number;
  positionMs: SafeInt;
  /** Left out after a jump. */
  heardFromMs?: SafeInt | null;
  /** From 50 to 400. */
  speedPercent?: number | null;
}

export type PositionsSyncResult = PositionsSync | InvalidInput;

export interface PositionsSync {
  __typename: "PositionsSync";
  /** In the order of the events. */
  outcomes: EventOutcome[];
  /** Where you are now in each recording that was told of. */
  positions: Position[];
  revision: SafeInt;
}

export type Outcome = "APPLIED" | "DUPLICATE" | "SUPERSEDED" | "CONFLICT" | "REJECTED";

/** What became of one event. */
export interface EventOutcome {
  __typename: "EventOutcome";
  seq: SafeInt;
  outcome: Outcome;
  /** Why it was rejected, as the codes of errors are spelt; empty where it was not. */
  code: string;
  /** Why it was rejected, and what to do. */
  detail: string;
  conflict: string | null;
}

export type ReviewOrder = "HELPFUL_DESC" | "CREATED_AT_DESC" | "OVERALL_DESC" | "OVERALL";

export type ReviewReason = "SPAM" | "ABUSE" | "SPOILER" | "OFF_TOPIC" | "OTHER";

/** What one listener says of one recording: 1 to 5 stars, with words or without. */
export interface Review {
  __typename: "Review";
  id: string;
  audiobook: Audiobook;
  author: string;
  overall: number;
  /** Of the reading. */
  performance: number;
  /** Of the work. */
  story: number;
  /** Plain text; may be empty. */
  text: string;
  /** Its author warns: do not show the text unasked. */
  isSpoiler: boolean;
  helpfulCount: number;
  createdAt: DateTime;
  editedAt: DateTime | null;
  /** Why it is not shown to others; null where it is. */
  hidden: ReviewHidden | null;
  version: number;
  isYours: boolean;
  /** Whether you said that it helped. */
  foundHelpful: boolean;
}

export interface ReviewHidden {
  __typename: "ReviewHidden";
  at: DateTime;
  reason: ReviewReason;
  /** What staff say to the author. */
  note: string;
}

export interface ReviewConnection {
  __typename: "ReviewConnection";
  nodes: Review[];
  edges: ReviewEdge[];
  pageInfo: PageInfo;
}

export interface ReviewEdge {
  __typename: "ReviewEdge";
  cursor: string;
  node: Review;
}

export interface ReviewInput {
  audiobook: string;
  overall: number;
  performance: number;
  story: number;
  text?: string;
  isSpoiler?: boolean;
}

/** What to change; what is left out stays. */
export interface ReviewChangeInput {
  id: string;
  /** That of the review as you have seen it. */
  version: number;
  overall?: number | null;
  performance?: number | null;
  story?: number | null;
  text?: string | null;
  isSpoiler?: boolean | null;
}

export type ReviewCreateResult = ReviewCreated | InvalidInput;

export interface ReviewCreated {
  __typename: "ReviewCreated";
  review: Review;
}

export type ReviewChangeResult = ReviewChanged | InvalidInput;

export interface ReviewChanged {
  __typename: "ReviewChanged";
  review: Review;
}
