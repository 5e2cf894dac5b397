const { useStandin } = require('standin/jest');
const { createCarelessly } = require('../sync.js');

useStandin({ scenario: 'celigo-lost-create' });

test('is careless', () => createCarelessly('Orders to NetSuite'));
