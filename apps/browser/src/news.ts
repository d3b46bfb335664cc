/** Something that another peer did and that the user may want to be notified of. */
export interface News {
  readonly kind: 'ring' | 'text' | 'file';
  readonly peerId: string;
}

/** Callbacks of the state behind the page. */
export interface ChangeHandlers {
  /** Called after every change of what the page shows. */
  readonly onChange: () => void;
  readonly onNews: (news: News) => void;
}
