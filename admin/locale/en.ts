/** The words of the frame; those of a resource stand with the resource. */
export const en = {
  language: 'en',
  translations: {
    en: {
      labels: { navigation: '', dashboard: 'Start', filters: 'Filters', selectedRecords: '{{selected}} chosen' },
      buttons: {
        save: 'Save',
        logout: 'Log out',
        filter: 'Filter',
        applyChanges: 'Apply',
        resetFilter: 'Reset',
        cancel: 'Cancel',
        confirm: 'Yes',
      },
      actions: {
        setPassword: 'Set password',
        passwordLink: 'Link to set a password',
        retry: 'Make thumbnails again',
        revoke: 'Revoke',
        bulkRevoke: 'Revoke',
        bulkRetry: 'Make thumbnails again',
        upload: 'Upload images',
      },
      messages: {
        confirmDelete: 'Delete this?',
        retryGuard: 'Make the thumbnails of this image again?',
        revokeGuard: 'Revoke this link? Nobody can open it afterwards.',
        forbiddenError: 'You do not have the right to do this.',
        anyForbiddenError: 'You do not have the right to do this.',
        errorFetchingRecords: 'The list could not be read. Try again in a moment.',
        errorFetchingRecord: 'The record could not be read. Try again in a moment.',
        thereWereValidationErrors: 'Not saved: look at the fields marked below.',
        pageNotFound_title: 'Nothing here',
        error404Resource: 'There is nothing called {{resourceId}} here.',
        error404Action: 'There is no such action, or you do not have the right to it.',
        error404Record: 'There is no such record, or you do not have the right to see it.',
        welcomeOnBoard_title: 'Darkroom',
      },
    },
  },
};
